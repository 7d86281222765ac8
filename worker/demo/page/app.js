/* The demo's page: asks for what is new, draws it, and sends the buttons' wishes. */
"use strict";

const TROUBLES = [
  ["refuse", "Refuse connections"],
  ["unavailable", "Answer 503"],
  ["rate_limit", "Answer 429"],
  ["remove_bot", "Remove the bot from a channel"],
  ["stop_worker", "Stop the worker (it restarts)"],
];
const KEPT = 300; /* posts of a channel that stay on the page */

const state = { next: 0, channels: [], posts: {}, unread: {}, current: null };
const byId = (id) => document.getElementById(id);

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/* Bold and links are all the markup that our posts use; everything else is shown as it is. */
function words(text) {
  const box = element("div", "words");
  const pattern = /\*\*([^*\n]+)\*\*|\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)/g;
  let last = 0;
  for (const found of text.matchAll(pattern)) {
    box.append(plain(text.slice(last, found.index)));
    if (found[1]) box.append(element("b", "", plain(found[1])));
    else box.append(link(plain(found[2]), found[3]));
    last = found.index + found[0].length;
  }
  box.append(plain(text.slice(last)));
  return box;
}

/* What Markdown makes of escapes. */
function plain(text) {
  return text.replace(/\\([\\`*_~[\]()#+\-.!|<>{}:&$^=])/g, "$1");
}

function link(text, url) {
  const made = element("a", "", text);
  made.href = url;
  made.rel = "noreferrer";
  made.target = "_blank";
  return made;
}

const COLOURS = { good: "#22824a", warning: "#d98200", danger: "#c0392b" };

function card(attachment) {
  const box = element("div", "card");
  if (attachment.color) box.style.borderLeftColor = COLOURS[attachment.color] || attachment.color;
  if (attachment.title) {
    const title = element("div", "name");
    const text = plain(attachment.title);
    title.append(attachment.title_link ? link(text, attachment.title_link) : text);
    box.append(title);
  }
  if (attachment.text) box.append(words(attachment.text));
  if (attachment.fields && attachment.fields.length) {
    const fields = element("div", "fields");
    for (const field of attachment.fields) {
      const cell = element("div", field.short ? "short" : "");
      cell.append(element("b", "", plain(field.title)), words(String(field.value)));
      fields.append(cell);
    }
    box.append(fields);
  }
  return box;
}

function draw(post) {
  const item = element("li");
  item.append(element("div", "face", "iR"));
  const body = element("div");
  const head = element("div");
  head.append(element("span", "who", "ireserve-bot"), element("span", "bot", "BOT"),
              element("time", "", new Date(post.create_at).toLocaleTimeString()));
  body.append(head);
  if (post.message) body.append(words(post.message));
  for (const attachment of (post.props && post.props.attachments) || []) body.append(card(attachment));
  item.append(body);
  return item;
}

function show(channel) {
  const list = byId("posts");
  state.current = channel;
  state.unread[channel] = 0;
  const known = state.channels.find((c) => c.id === channel);
  byId("title").textContent = known ? known.display_name : "";
  list.replaceChildren(...(state.posts[channel] || []).map(draw));
  list.scrollTop = list.scrollHeight;
  drawChannels();
}

/* The buttons stay the same ones, so that a keyboard's focus stays where it is. */
function makeChannels() {
  byId("channels").replaceChildren(...state.channels.map((channel) => {
    const item = element("li");
    const button = element("button");
    button.type = "button";
    button.append(element("span", "", "~ " + channel.display_name), element("span", "unread"));
    button.addEventListener("click", () => show(channel.id));
    item.append(button);
    return item;
  }));
}

function drawChannels() {
  if (byId("channels").childElementCount !== state.channels.length) makeChannels();
  state.channels.forEach((channel, i) => {
    const button = byId("channels").children[i].firstElementChild;
    const unread = state.unread[channel.id] || 0;
    button.className = channel.open ? "" : "closed";
    button.lastElementChild.textContent = unread;
    button.lastElementChild.hidden = unread === 0;
    if (channel.id === state.current) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
}

function take(post) {
  const list = (state.posts[post.channel_id] = state.posts[post.channel_id] || []);
  list.push(post);
  if (list.length > KEPT) list.shift();
  if (post.channel_id !== state.current) {
    state.unread[post.channel_id] = (state.unread[post.channel_id] || 0) + 1;
    return;
  }
  const box = byId("posts");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  box.append(draw(post));
  if (box.childElementCount > KEPT) box.firstElementChild.remove();
  if (atEnd) box.scrollTop = box.scrollHeight;
}

function drawTally(tally) {
  for (const name of ["produced", "posted", "waiting", "lost", "twice", "disorder"]) {
    const cell = byId(name);
    cell.textContent = tally[name];
    cell.className = tally[name] > 0 && ["lost", "twice", "disorder"].includes(name) ? "bad" : "";
  }
}

function drawTroubles(troubles, worker) {
  for (const button of byId("troubles").children)
    button.setAttribute("aria-pressed", troubles[button.dataset.name] ? "true" : "false");
  const line = byId("worker");
  line.textContent = worker.running ? `worker runs (process ${worker.pid}, started ${worker.starts}×)` : "worker is down, starts again …";
  line.className = worker.running ? "good" : "bad";
}

async function refresh() {
  try {
    const answer = await (await fetch(`api/state?from=${state.next}`)).json();
    state.channels = answer.channels;
    state.next = answer.next;
    answer.posts.forEach(take);
    if (!state.current && state.channels.length) show(state.channels[0].id);
    drawChannels();
    drawTally(answer.tally);
    drawTroubles(answer.troubles, answer.worker);
    document.body.dataset.ready = "true";
  } catch (error) {
    byId("worker").textContent = "the demo has ended";
    byId("worker").className = "bad";
  }
  setTimeout(refresh, 400);
}

function makeButtons() {
  byId("troubles").replaceChildren(...TROUBLES.map(([name, label]) => {
    const button = element("button", "", label);
    button.type = "button";
    button.dataset.name = name;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      fetch("api/trouble", { method: "POST", body: JSON.stringify({ name, on }) });
      button.setAttribute("aria-pressed", on ? "true" : "false");
    });
    return button;
  }));
}

makeButtons();
refresh();
