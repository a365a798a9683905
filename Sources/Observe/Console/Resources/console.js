// Estiba's console: keeps a page up to date, follows logs, words times. The pages work without it.
"use strict";

(() => {
  // ---- Times ------------------------------------------------------------------------------------------------------
  const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const thin = "\u202f";
  const two = (n) => String(n).padStart(2, "0");

  function duration(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    if (s < 60) return `${s}${thin}s`;
    if (s < 3600) return `${Math.floor(s / 60)}${thin}m ${two(s % 60)}${thin}s`;
    if (s < 86400) return `${Math.floor(s / 3600)}${thin}h ${two(Math.floor(s / 60) % 60)}${thin}m`;
    return `${Math.floor(s / 86400)}${thin}d ${two(Math.floor(s / 3600) % 24)}${thin}h`;
  }

  function ago(seconds) {
    if (seconds < 5) return "just now";
    if (seconds < 60) return `${Math.floor(seconds)}${thin}s ago`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)}${thin}min ago`;
    if (seconds < 86400) return `${Math.floor(seconds / 3600)}${thin}h ago`;
    return `${Math.floor(seconds / 86400)}${thin}d ago`;
  }

  function word(time) {
    const at = new Date(time.dateTime);
    if (isNaN(at)) return;
    const seconds = (Date.now() - at) / 1000;
    let text;
    switch (time.dataset.as) {
      case "ago": text = ago(seconds); break;
      case "since": text = duration(seconds); break;
      default: text = at.toDateString() === new Date().toDateString() ? clock.format(at) : day.format(at);
    }
    if (time.textContent !== text) time.textContent = text;
    if (!time.title) time.title = date.format(at);
  }

  const words = () => document.querySelectorAll("time").forEach(word);

  // ---- Changing a page in place: what is the same stays, with its focus, scroll position and open disclosures --------
  const key = (node) => node.nodeType === 1 ? node.id || node.dataset.key || null : null;

  function attributes(old, fresh) {
    for (const { name, value } of fresh.attributes) {
      if (name === "open" && old.localName === "details") continue;
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of [...old.attributes]) {
      if (fresh.hasAttribute(name)) continue;
      if (name === "open" && old.localName === "details") continue;
      old.removeAttribute(name);
    }
  }

  function morph(old, fresh) {
    if (old.nodeType === 3) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return;
    }
    if (old.nodeType !== 1 || old.hasAttribute("data-keep")) return;
    if (old.localName === "time" && old.dateTime === fresh.dateTime && old.dataset.as === fresh.dataset.as) return;
    attributes(old, fresh);
    if (old.localName !== "input") children(old, fresh);
    if (old.localName === "time") { old.removeAttribute("title"); word(old); }
  }

  // Nodes stay where they are wherever the order allows it: a node that is taken out loses its scroll position.
  function children(old, fresh) {
    const wanted = new Set();
    for (const child of fresh.childNodes) wanted.add(key(child));
    wanted.delete(null);
    const keyed = new Map();
    for (const child of old.childNodes) if (key(child) !== null) keyed.set(key(child), child);
    const stays = (node) => wanted.has(key(node));
    const drop = (node) => { const after = node.nextSibling; node.remove(); return after; };

    let next = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const name = key(child);
      let match = null;
      if (name === null) {
        let seen = next;
        while (seen && !stays(seen) && (key(seen) !== null || seen.nodeName !== child.nodeName)) seen = seen.nextSibling;
        if (seen && !stays(seen)) match = seen;
        if (match) while (next !== match) next = drop(next);
      } else if (keyed.get(name)?.nodeName === child.nodeName) {
        match = keyed.get(name);
        keyed.delete(name);
        while (next && next !== match && !stays(next)) next = drop(next);
      }
      if (!match) {
        old.insertBefore(document.importNode(child, true), next);
        continue;
      }
      if (match === next) next = next.nextSibling; else old.insertBefore(match, next);
      morph(match, child);
    }
    while (next) next = drop(next);
  }

  // ---- The page's stream ---------------------------------------------------------------------------------------------
  const link = (state, text) => {
    const element = document.getElementById("link");
    if (!element) return;
    element.className = `link ${state}`;
    if (element.textContent !== text) element.textContent = text;
  };

  let stream = null;
  let build = null;
  const parser = new DOMParser();

  function listen() {
    const path = document.body.dataset.live;
    if (!path || stream || document.hidden) return;
    stream = new EventSource(path);
    stream.addEventListener("hello", (event) => {
      // The program was replaced: its pages may need another script.
      if (build !== null && build !== event.data) location.reload();
      build = event.data;
      link("on", "live");
    });
    stream.addEventListener("page", (event) => {
      const ends = [...document.querySelectorAll("[data-end]")].filter(atEnd);
      const fresh = parser.parseFromString(`<!doctype html><body>${event.data}`, "text/html");
      children(document.body, fresh.body);
      link("on", "live");
      const title = document.getElementById("main")?.dataset.title;
      if (title && document.title !== title) document.title = title;
      words();
      ends.forEach(toEnd);
      logs();
    });
    stream.addEventListener("trouble", (event) => link("off", event.data));
    stream.onerror = () => {
      link("off", "reconnecting");
      // A browser gives up on a stream that is refused, as by a proxy whose backend starts anew.
      if (stream?.readyState !== EventSource.CLOSED) return;
      stream = null;
      setTimeout(listen, 5000);
    };
  }

  // A browser opens six connections to a host: a page that nobody sees gives its own back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stream?.close(); stream = null; } else listen();
  });

  // ---- Logs ----------------------------------------------------------------------------------------------------------
  const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 24;
  const toEnd = (box) => { box.scrollTop = box.scrollHeight; };
  const most = 5000;
  const open = new Map();

  function follow(box) {
    let waiting = [];
    let dropped = 0;
    const source = new EventSource(box.dataset.log);
    open.set(box, source);
    box.dataset.state = "on";

    function flush() {
      const stick = atEnd(box);
      const text = waiting.join("");
      waiting = [];
      box.insertAdjacentHTML("beforeend", text);
      const excess = box.childElementCount - most;
      if (excess > 0) {
        for (let i = 0; i < excess; i++) box.firstElementChild.remove();
        dropped += excess;
        box.dataset.dropped = `${dropped} earlier lines are in the plain text`;
      }
      if (stick) toEnd(box);
    }

    source.addEventListener("line", (event) => {
      waiting.push(event.data);
      if (waiting.length === 1) requestAnimationFrame(flush);
    });
    source.addEventListener("end", (event) => {
      if (event.data) {
        const line = document.createElement("div");
        line.className = "line error";
        line.textContent = event.data;
        waiting.push(line.outerHTML);
        requestAnimationFrame(flush);
      }
      box.dataset.state = "done";
      source.close();
      open.delete(box);
    });
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      box.dataset.state = "failed";
      open.delete(box);
    };
  }

  function logs() {
    for (const [box, source] of open) {
      if (box.isConnected) continue;
      source.close();
      open.delete(box);
    }
    for (const box of document.querySelectorAll(".job[open] [data-log]:not([data-state])")) {
      if (open.size >= 4) break;
      follow(box);
    }
  }

  document.addEventListener("toggle", (event) => {
    const details = event.target;
    if (details.matches?.(".job")) logs();
    if (!details.matches?.(".act") || !details.open) return;
    for (const other of document.querySelectorAll(".act[open]")) if (other !== details) other.open = false;
    details.querySelector("[type=submit]")?.focus();
  }, true);

  // A question goes away when one clicks elsewhere or presses Escape.
  document.addEventListener("click", (event) => {
    for (const act of document.querySelectorAll(".act[open]")) if (!act.contains(event.target)) act.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const act of document.querySelectorAll(".act[open]")) {
      act.open = false;
      act.querySelector("summary")?.focus();
    }
  });
  // One click, one order.
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("[type=submit]");
    if (button) setTimeout(() => { button.disabled = true; }, 0);
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("[type=submit]").forEach((button) => { button.disabled = false; });
  });

  words();
  setInterval(words, 1000);
  document.querySelectorAll("[data-end]").forEach(toEnd);
  logs();
  listen();
})();
