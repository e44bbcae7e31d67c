// A participant's card: one item at a time, one tap per answer.
// A tap is kept on the phone until the server has confirmed it: a reload, sleep or a lost connection loses nothing.
const RESEND = 4000, ADVANCE = 420, TYPING = 800;

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ballot");
  root.ballot ??= new Ballot(root);
  root.ballot.receive(data, setTriggerValue);
}

class Ballot {
  constructor(root) {
    this.root = root;
    this.zones = {};
    this.index = 0;
    this.commenting = "";
    this.draft = "";
    this.follow = true; // shows the item on the projector as soon as there is one
    root.addEventListener("click", event => this.click(event));
    root.addEventListener("input", event => this.type(event));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.send());
    addEventListener("pagehide", () => this.typed());
  }

  receive(data, trigger) {
    const before = this.data;
    this.data = data;
    this.trigger = trigger;
    if (!this.outbox) this.load();
    if (!before || before.batch !== data.batch) this.index = this.firstOpen();
    if ((before?.live?.id ?? null) !== (data.live?.id ?? null)) { this.typed(); this.follow = true; this.commenting = ""; }
    for (const [item, answer] of Object.entries(this.outbox)) {
      const kept = data.answers[item];
      if ((kept && kept.seq >= answer.seq) || data.refused.includes(item)) delete this.outbox[item];
    }
    this.store();
    this.render();
    if (before && before.batch !== data.batch) this.top(); // another subject was chosen further down
    if (!before) this.send();
    this.later();
  }

  // ---- what is answered

  load() {
    try { this.outbox = JSON.parse(localStorage.getItem(`votes-${this.data.person}`)) || {}; }
    catch { this.outbox = {}; }
    this.remember(this.data.token);
  }

  remember(token) {
    try { localStorage.setItem(`join-${this.data.code}`, token); } catch { /* a private window forgets */ }
  }

  store() {
    try { localStorage.setItem(`votes-${this.data.person}`, JSON.stringify(this.outbox)); } catch { /* as above */ }
  }

  answer(item) {
    return this.outbox[item] ?? this.data.answers[item] ?? { level: null, skipped: false, comment: "", seq: 0 };
  }

  given(item) {
    const answer = this.answer(item);
    return answer.level !== null || answer.skipped;
  }

  change(item, change) {
    this.outbox[item] = { ...this.answer(item), ...change, seq: this.answer(item).seq + 1 };
    this.since = Date.now();
    this.store();
    this.render();
    this.send();
  }

  send() {
    const answers = Object.entries(this.outbox).map(([item, answer]) => ({ item, ...answer }));
    if (answers.length && this.trigger) this.trigger("answers", answers);
    this.later();
  }

  later() { // again until the server has confirmed
    clearTimeout(this.timer);
    if (Object.keys(this.outbox).length && this.root.isConnected)
      this.timer = setTimeout(() => { this.render(); this.send(); }, RESEND);
  }

  // ---- what is shown

  get live() { return this.follow && this.data.live; }
  get item() { return this.live || this.data.items[this.index]; }

  firstOpen() {
    const open = this.data.items.slice(0, this.data.asked).findIndex(item => !this.given(item.id));
    return open < 0 ? this.data.items.length : open; // behind the last item stands the summary
  }

  click(event) {
    const target = event.target.closest("[data-do]");
    if (!target) return;
    const { do: what, value } = target.dataset, item = this.item?.id;
    if (what === "level") this.choose(item, { level: +value, skipped: false });
    if (what === "skip") this.choose(item, { level: null, skipped: !this.answer(item).skipped });
    if (what === "comment") this.toggleComment(item);
    if (what === "go") { this.typed(); this.commenting = ""; this.index = +value; this.render(); this.top(); }
    if (what === "follow") { this.typed(); this.follow = value === "1"; this.render(); this.top(); }
    if (what === "open") this.trigger("open", value);
    if (what === "leave") {
      try { localStorage.removeItem(`join-${this.data.code}`); } catch { /* nothing was remembered */ }
      this.trigger("leave", true);
    }
  }

  choose(item, change) {
    this.change(item, change);
    if (this.live || this.commenting || !this.given(item)) return;
    const at = this.index;
    setTimeout(() => {
      if (this.index !== at || this.live || this.commenting) return;
      this.index = at + 1 === this.data.asked ? this.data.items.length : at + 1;
      this.render();
      this.top();
    }, ADVANCE);
  }

  toggleComment(item) {
    this.typed();
    this.commenting = this.commenting === item ? "" : item;
    this.draft = this.answer(item).comment;
    this.render();
    this.root.querySelector("textarea")?.focus();
  }

  type(event) {
    if (!event.target.matches("textarea")) return;
    this.draft = event.target.value;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.typed(), TYPING);
  }

  typed() { // what was typed last is kept, also when the card moves on
    clearTimeout(this.typing);
    if (this.commenting && this.draft.trim() !== this.answer(this.commenting).comment)
      this.change(this.commenting, { comment: this.draft.trim() });
  }

  top() { this.root.scrollIntoView({ block: "start" }); }

  zone(name, html) { // a zone is drawn again only when it reads differently, so that typing is never disturbed
    const element = this.root.querySelector(`.${name}`);
    if (this.zones[name] === html) return;
    const typing = element.querySelector("textarea:focus");
    element.innerHTML = html;
    this.zones[name] = html;
    const box = element.querySelector("textarea");
    if (box) box.value = this.draft;
    if (box && typing) { box.focus(); box.setSelectionRange(typing.selectionStart, typing.selectionEnd); }
  }

  render() {
    const { words } = this.data;
    this.zone("head", this.head(words));
    const item = this.item;
    this.zone("card", !this.data.accepting ? `<p class="closed">${text(words.closed)}</p>`
      : item ? this.card(item, words) : this.end(words));
    this.zone("foot", this.data.accepting && item ? this.foot(item, words) : "");
  }

  head(words) {
    const { items, asked } = this.data, done = items.slice(0, asked).filter(item => this.given(item.id)).length;
    const waiting = Object.keys(this.outbox).length, late = waiting && Date.now() - (this.since ?? 0) > RESEND - 500;
    const state = this.data.problem || (late ? words.offline : waiting ? words.saving : words.saved);
    const share = asked ? Math.round(100 * done / asked) : 100;
    return `<div class="line"><b>${text(this.live ? words.live : this.data.title)}</b>
      <span class="state ${late || this.data.problem ? "late" : ""}" role="status">${text(state)}</span></div>
      <div class="bar" role="progressbar" aria-valuemin="0" aria-valuemax="${asked}" aria-valuenow="${done}"
        aria-label="${text(words.progress)}"><i style="width:${share}%"></i></div>
      <div class="line small"><span>${text(words.done.replace("{done}", done).replace("{total}", asked))}</span>
      <span>${text(this.data.overall)}</span></div>`;
  }

  card(item, words) {
    const answer = this.answer(item.id);
    const levels = item.levels.map((sentence, level) =>
      `<button type="button" class="level${answer.level === level ? " on" : ""}" data-do="level" data-value="${level}"
        aria-pressed="${answer.level === level}"><span class="chip l${level}">${level}</span>
        <span>${text(sentence)}</span></button>`).join("");
    const about = item.definition
      ? `<details><summary>${text(words.about)}</summary><p>${text(item.definition)}</p></details>` : "";
    return `<p class="label">${text(item.label)}</p>${item.question ? `<h2>${text(item.question)}</h2>` : ""}${about}
      <div class="levels" role="group" aria-label="${text(item.label)}">${levels}</div>
      <div class="line actions">
        <button type="button" class="quiet${answer.skipped ? " on" : ""}" data-do="skip"
          aria-pressed="${answer.skipped}">${text(words.skip)}</button>
        <button type="button" class="quiet${answer.comment ? " on" : ""}" data-do="comment"
          aria-expanded="${this.commenting === item.id}">${text(answer.comment ? words.commented : words.comment)}</button>
      </div>${this.commenting === item.id ? `<textarea maxlength="1000" rows="3" aria-label="${text(words.comment)}"
        placeholder="${text(words.comment_hint)}"></textarea>` : ""}`;
  }

  foot(item, words) {
    if (this.live)
      return `<div class="line"><span class="small">${text(this.given(item.id) ? words.wait : words.live_hint)}</span>
        <button type="button" class="quiet" data-do="follow" data-value="0">${text(words.my_list)}</button></div>`;
    const back = this.data.live
      ? `<button type="button" class="go" data-do="follow" data-value="1">${text(words.to_screen)}</button>` : "";
    const at = this.index, count = this.data.items.length;
    return `${back}<div class="line"><button type="button" class="quiet" data-do="go" data-value="${at - 1}"
        ${at ? "" : "disabled"}>‹ ${text(words.previous)}</button><span class="small">${at + 1} / ${count}</span>
      <button type="button" class="quiet" data-do="go" data-value="${at + 1}">${text(words.next)} ›</button></div>`;
  }

  end(words) {
    const { items, asked } = this.data, rows = items.map((item, place) => this.row(item, place));
    const others = asked < items.length ? `<h3>${text(words.others)}</h3>${rows.slice(asked).join("")}` : "";
    const next = this.data.next
      ? `<button type="button" class="go" data-do="open" data-value="${text(this.data.next.id)}">${text(this.data.next.label)}</button>`
      : `<p class="done">${text(words.all_done)}</p>`;
    return `${next}<h3>${text(words.your_answers)}</h3>${rows.slice(0, asked).join("")}${others}`;
  }

  row(item, place) {
    const answer = this.answer(item.id);
    const sign = answer.level !== null ? `<span class="chip l${answer.level}">${answer.level}</span>`
      : `<span class="chip none">${answer.skipped ? "–" : ""}</span>`;
    return `<button type="button" class="row" data-do="go" data-value="${place}">${sign}
      <span>${text(item.label)}</span></button>`;
  }
}

function text(value) {
  return String(value ?? "").replace(/[&<>"']/g, letter =>
    ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[letter]);
}
