/* How posts look: makes elements of them and knows nothing of the rest of the page. */
"use strict";

const COLOURS = { good: "#22824a", warning: "#d98200", danger: "#c0392b" };
const PICTURES = ["image/gif", "image/jpeg", "image/png", "image/webp"];

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/* Bold, links and paragraphs are all the markup that our posts use; the rest is shown as it is. */
function words(text) {
  const box = element("div", "words");
  for (const paragraph of text.split(/\n{2,}/)) box.append(marked(paragraph));
  return box;
}

function marked(text) {
  const box = element("div");
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

function file(file) {
  const made = link("", `file?id=${encodeURIComponent(file.id)}`);
  if (PICTURES.includes(file.mime_type)) {
    const picture = element("img", "picture");
    picture.src = made.href;
    picture.alt = file.name;
    made.append(picture);
  } else {
    made.className = "file";
    made.textContent = file.name;
  }
  return made;
}

function time(post) {
  return new Date(post.create_at).toLocaleTimeString();
}

/* A post as an item of a list. */
function draw(post) {
  const item = element("li");
  item.dataset.id = post.id;
  item.append(element("div", "face", "iR"));
  const body = element("div");
  const head = element("div");
  head.append(element("span", "who", "ireserve-bot"), element("span", "bot", "BOT"),
              element("time", "", time(post)));
  body.append(head);
  if (post.message) body.append(words(post.message));
  if (post.edited) body.append(element("span", "edited", "edited"));
  for (const attachment of post.props.attachments || []) body.append(card(attachment));
  body.append(...post.files.map(file));
  if (post.locked) {
    const lock = element("span", "reaction", "🔒 1");
    lock.title = "The conversation is closed";
    body.append(lock);
    item.classList.add("locked");
  }
  item.append(body);
  return item;
}
