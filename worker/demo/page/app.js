/* The demo's page: asks for what is new, shows it, and sends the buttons' wishes. */
"use strict";

const TROUBLES = [
  ["refuse", "Refuse connections"],
  ["unavailable", "Answer 503"],
  ["rate_limit", "Answer 429"],
  ["remove_bot", "Remove the bot from a channel"],
  ["delete_root", "Delete a thread"],
  ["stop_worker", "Stop the worker (it restarts)"],
];
const BAD = ["lost", "twice", "disorder", "extra_roots"];
const KEPT = 300; /* posts of a channel, with the replies to them, that stay on the page */

const state = {
  next: 0,
  channels: [],
  posts: new Map(), /* by id; those that are no replies also have `replies`, the ids of them */
  lists: {}, /* by channel: the ids of the posts that are no replies */
  unread: {},
  current: null,
  thread: null, /* the post whose replies are shown */
};
const byId = (id) => document.getElementById(id);
const postsOf = (ids) => ids.map((id) => state.posts.get(id));
const conversationOf = (post) => post.props.ireserve && post.props.ireserve.conversation;

/* Draws in a list, which stays at its end if it is there. */
function change(list, work) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  work();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

const itemOf = (list, post) => list.querySelector(`:scope > [data-id="${post.id}"]`);

/* Puts an item into a list, in the place of what the post was before. */
function put(list, item, post) {
  const before = itemOf(list, post);
  change(list, () => (before ? before.replaceWith(item) : list.append(item)));
}

/* ---- a channel ---- */

/* A post with a way to its thread, if it is the beginning of one. */
function drawRoot(post) {
  const item = draw(post);
  if (!conversationOf(post)) return item;
  const button = element("button", "replies");
  button.type = "button";
  button.addEventListener("click", () => openThread(state.posts.get(post.id)));
  item.lastElementChild.append(button);
  countReplies(item, post);
  return item;
}

function countReplies(item, post) {
  const count = post.replies.length;
  const last = count && state.posts.get(post.replies[count - 1]);
  item.querySelector("button.replies").textContent =
    `${count} ${count === 1 ? "reply" : "replies"}${last ? ` · last at ${time(last)}` : ""}`;
}

function show(channel) {
  const list = byId("posts");
  const known = state.channels.find((c) => c.id === channel);
  state.current = channel;
  state.unread[channel] = 0;
  byId("title").textContent = known ? known.display_name : "";
  list.replaceChildren(...postsOf(state.lists[channel] || []).map(drawRoot));
  list.scrollTop = list.scrollHeight;
  closeThread();
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

/* ---- a thread ---- */

function openThread(root) {
  const list = byId("replies");
  if (!root) return; /* it was deleted just now */
  state.thread = root;
  byId("thread").hidden = false;
  list.replaceChildren(...[root, ...postsOf(root.replies)].map(draw));
  list.scrollTop = list.scrollHeight;
  markOpenThread();
}

function closeThread() {
  state.thread = null;
  byId("thread").hidden = true;
  markOpenThread();
}

function markOpenThread() {
  for (const item of byId("posts").children)
    item.classList.toggle("open", state.thread !== null && item.dataset.id === state.thread.id);
}

/* A new root of the conversation whose thread is open continues it. */
function follow(root) {
  const open = state.thread;
  if (open && open.id !== root.id && conversationOf(open) === conversationOf(root)) openThread(root);
}

/* ---- what happens to posts ---- */

function takeRoot(post, before) {
  post.replies = before ? before.replies : [];
  if (!before) {
    const list = (state.lists[post.channel_id] = state.lists[post.channel_id] || []);
    list.push(post.id);
    if (list.length > KEPT) forget(state.posts.get(list[0]));
  }
  if (post.channel_id === state.current) put(byId("posts"), drawRoot(post), post);
  if (state.thread && state.thread.id === post.id) {
    state.thread = post;
    put(byId("replies"), draw(post), post);
  }
  follow(post);
  markOpenThread();
}

function takeReply(post, before) {
  const root = state.posts.get(post.root_id);
  if (!before) root.replies.push(post.id);
  if (root.channel_id === state.current) countReplies(itemOf(byId("posts"), root), root);
  if (state.thread === root) put(byId("replies"), draw(post), post);
}

function removeItem(list, post) {
  const item = itemOf(list, post);
  if (item) change(list, () => item.remove());
}

/* A post is not there any more, nor are its replies. */
function forget(post) {
  const root = state.posts.get(post.root_id);
  const ids = root ? root.replies : state.lists[post.channel_id];
  state.posts.delete(post.id);
  for (const reply of post.replies || []) state.posts.delete(reply);
  ids.splice(ids.indexOf(post.id), 1);
  removeItem(byId("posts"), post);
  removeItem(byId("replies"), post);
  if (root && root.channel_id === state.current) countReplies(itemOf(byId("posts"), root), root);
  if (state.thread === post) {
    const words = "Somebody deleted this thread. The next message goes on in a new one.";
    byId("replies").replaceChildren(element("li", "gone", words));
  }
}

function take(post) {
  const before = state.posts.get(post.id);
  if (post.deleted) {
    if (before) forget(before);
    return;
  }
  if (post.root_id && !state.posts.has(post.root_id)) return; /* its thread is not kept */
  state.posts.set(post.id, post);
  if (post.root_id) takeReply(post, before);
  else takeRoot(post, before);
  if (!before && post.channel_id !== state.current)
    state.unread[post.channel_id] = (state.unread[post.channel_id] || 0) + 1;
}

/* ---- all around ---- */

function drawTally(tally) {
  for (const name of ["produced", "posted", "waiting", ...BAD]) {
    const cell = byId(name);
    cell.textContent = tally[name];
    cell.className = tally[name] > 0 && BAD.includes(name) ? "bad" : "";
  }
}

function drawTroubles(troubles, worker) {
  for (const button of byId("troubles").children)
    button.setAttribute("aria-pressed", troubles[button.dataset.name] ? "true" : "false");
  const line = byId("worker");
  line.textContent = worker.running ? `worker runs (process ${worker.pid}, started ${worker.starts}×)` : "worker is down, starts again …";
  line.className = worker.running ? "good" : "bad";
}

function showAnswer(answer) {
  state.channels = answer.channels;
  state.next = answer.next;
  answer.posts.forEach(take);
  if (!state.current && state.channels.length) show(state.channels[0].id);
  drawChannels();
  drawTally(answer.tally);
  drawTroubles(answer.troubles, answer.worker);
  document.body.dataset.ready = "true";
}

function showEnd() {
  byId("worker").textContent = "the demo has ended";
  byId("worker").className = "bad";
}

async function refresh() {
  const answer = await fetch(`api/state?from=${state.next}`).then((a) => a.json()).catch(() => null);
  setTimeout(refresh, 400);
  if (answer) showAnswer(answer);
  else showEnd();
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
  byId("close").addEventListener("click", closeThread);
}

makeButtons();
refresh();
