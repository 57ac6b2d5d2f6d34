// What only a script in the page can do, in the browser and on the desktop alike: keep the reader's place in the log, know the
// caret and the selection, use the clipboard. Draws nothing and knows nothing of chat.
//
// The interface calls the functions of `parla` (PageAct in platform.rs). Reports go the other way as words in the value of the
// hidden input `#page-signal` (page_signal.rs). A function of `parla` never reports before it has returned: its caller is in the
// middle of something.
"use strict";

(() => {
  // --- Reports ---------------------------------------------------------------------------------------------------------------

  function tell(...words) {
    const input = document.getElementById("page-signal");
    if (!input) return false;
    input.value = words.join(" ");
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  /** Once before the next frame, however often it is asked for. */
  function beforeFrame(act) {
    let asked = false;
    return () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        act();
      });
    };
  }

  /** Does it to the element, which may come into the page only some frames later. */
  function withElement(id, act, frames = 20) {
    const element = document.getElementById(id);
    if (element) act(element);
    else if (frames > 0) requestAnimationFrame(() => withElement(id, act, frames - 1));
  }

  /** Scrolls the list around the element, and nothing else, so that the element is in view. */
  function reveal(element) {
    let list = element.parentElement;
    while (list && !["auto", "scroll"].includes(getComputedStyle(list).overflowY)) list = list.parentElement;
    if (!list) return;
    const [inner, outer] = [element.getBoundingClientRect(), list.getBoundingClientRect()];
    if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
    else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
  }

  // --- The reader's place in the log -----------------------------------------------------------------------------------------

  // At the end is who is so near to it, in pixels.
  const NEAR = 8;
  // Rows in view that are remembered, in case the first of them goes away.
  const MARKS_MAX = 8;
  // A row that is to be gone to may come into the page so much later, in milliseconds.
  const WAIT = 2000;

  let log = null;
  let stuck = true; // to the end, until the reader moves up
  let lastTop = 0; // where the log was scrolled to when we last looked
  let marks = []; // the first rows in view, and where they are seen
  let wanted = null; // a row to go to
  let lastView = "";
  const kept = new Map(); // by room: where the reader was; null at the end

  const resized = new ResizeObserver(() => settle());

  const distance = () => log.scrollHeight - log.scrollTop - log.clientHeight;
  const rowOf = (id) => log.querySelector(`[data-row="${CSS.escape(id)}"]`);
  const seenAt = (row) => row.getBoundingClientRect().top - log.getBoundingClientRect().top;

  /** Another log is in the page: begin where it says. */
  function adopt(next) {
    resized.disconnect();
    log = next;
    marks = [];
    wanted = null;
    stuck = true;
    lastTop = 0;
    lastView = "";
    if (!log) return;
    const start = log.dataset.start;
    const mark = start === "kept" ? kept.get(log.dataset.room) : null;
    if (mark) want(mark.id, mark.seen);
    else if (start !== "kept" && start !== "end") want(start, log.clientHeight / 5);
    resized.observe(log);
    if (log.firstElementChild) resized.observe(log.firstElementChild);
    log.addEventListener("scroll", () => scrolled(), { passive: true });
  }

  function want(id, seen) {
    wanted = { id, seen, until: performance.now() + WAIT };
  }

  /** Notes which rows are in view and where, the one that is to stay where it is first. */
  function mark() {
    marks = [];
    let cut = null; // the row that begins above what is visible
    const box = log.getBoundingClientRect();
    for (const chunk of log.getElementsByClassName("chunk")) {
      const rect = chunk.getBoundingClientRect();
      if (rect.bottom <= box.top) continue;
      if (rect.top >= box.bottom || marks.length >= MARKS_MAX) break;
      for (const row of chunk.querySelectorAll("[data-row]")) {
        const { top, bottom } = row.getBoundingClientRect();
        if (bottom <= box.top + 1) continue;
        if (top >= box.bottom || marks.length >= MARKS_MAX) break;
        const place = { id: row.dataset.row, seen: top - box.top };
        if (place.seen < -1) cut = place;
        else marks.push(place);
      }
    }
    // If the row that is cut off becomes higher, what is read below it stays; unless it is itself most of what is seen.
    if (cut && (marks[0]?.seen ?? Infinity) > log.clientHeight / 2) marks.unshift(cut);
    else if (cut) marks.push(cut);
    lastTop = log.scrollTop;
    kept.set(log.dataset.room, stuck ? null : (marks[0] ?? null));
  }

  /** Goes to the row that is wanted, if it is there by now. */
  function arrive() {
    const row = rowOf(wanted.id);
    if (row) {
      log.scrollTop += seenAt(row) - wanted.seen;
      stuck = distance() <= NEAR;
      mark();
    }
    if (row || performance.now() > wanted.until) wanted = null;
  }

  /** Something in the page has changed; it is not painted yet. Puts what is being read where it was. */
  function settle() {
    const now = document.getElementById("log");
    if (now !== log) adopt(now);
    if (!log || log.clientHeight === 0) return;
    if (wanted) arrive();
    if (!stuck && isAwaited()) {
      lastTop = log.scrollTop;
      return;
    }
    // A change that comes before the scroll event of a move upwards.
    if (stuck && log.scrollTop < lastTop - 1 && distance() > NEAR) stuck = false;
    if (log.scrollHeight <= log.clientHeight) stuck = true;
    if (stuck) {
      log.scrollTop = log.scrollHeight;
      mark();
    } else {
      hold();
    }
    report();
  }

  /** Whether the rows that are read are gone for a moment: another tab leads, and its client is still on its way into the room. */
  function isAwaited() {
    if (marks.length === 0 || marks.some(({ id }) => rowOf(id))) return false;
    return log.ariaBusy === "true" || !log.querySelector("[data-row]");
  }

  function hold() {
    // What the reader moved since we last looked is his; at the end it is the end that moved.
    const moved = distance() <= 1 ? 0 : log.scrollTop - lastTop;
    for (const { id, seen } of marks) {
      const row = rowOf(id);
      if (!row) continue;
      const off = seenAt(row) - seen + moved;
      if (Math.abs(off) >= 0.5) log.scrollTop += off;
      lastTop = log.scrollTop;
      if (Math.abs(moved) >= 1) mark();
      return;
    }
    mark();
  }

  function scrolled() {
    if (!log || log.clientHeight === 0) return;
    const moved = log.scrollTop - lastTop;
    // Who moves up does not arrive at the end: it is the end that moved.
    if (moved < 0 && distance() <= 1) return settle();
    // Our own doing: `hold` keeps the place that the reader chose.
    if (Math.abs(moved) >= 1) {
      if (distance() <= NEAR) stuck = stuck || moved > 0;
      else if (moved < 0) stuck = false;
      if (moved < 0) wanted = null;
      mark();
    }
    report();
  }

  /** The first row in view, and how much of its chunk is above what is visible. */
  function firstInView() {
    for (const { id } of marks) {
      const row = rowOf(id);
      if (!row) continue;
      return [id, Math.round(-seenAt(row.closest(".chunk")))];
    }
    return [];
  }

  const report = beforeFrame(() => {
    if (!log || !log.isConnected || log.clientHeight === 0 || wanted) return;
    const { dataset, clientHeight, clientWidth, scrollHeight } = log;
    const top = Math.round(log.scrollTop);
    const view = [dataset.room, top, clientHeight, clientWidth, scrollHeight, Number(stuck), ...firstInView()].join(" ");
    if (view !== lastView && tell("view", view)) lastView = view;
  });

  // --- What is selected, and copied ------------------------------------------------------------------------------------------

  let lastSelection = "";

  /** The rows with something selected in them, in order. */
  function selectedRows() {
    const selection = getSelection();
    if (!log || selection.isCollapsed || selection.rangeCount === 0) return [];
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(log)) return [];
    const rows = [...log.querySelectorAll("[data-row]")].filter((row) => range.intersectsNode(row));
    // A selection that ends before the first letter of a row has nothing of it.
    const last = rows.at(-1);
    if (last && last.contains(range.endContainer)) {
      const part = document.createRange();
      part.setStart(last, 0);
      part.setEnd(range.endContainer, range.endOffset);
      if (part.toString() === "") rows.pop();
    }
    return rows;
  }

  document.addEventListener(
    "selectionchange",
    beforeFrame(() => {
      const rows = selectedRows();
      const selection = rows.length ? ` ${rows[0].dataset.row} ${rows.at(-1).dataset.row}` : "";
      if (selection !== lastSelection && tell(`selection${selection}`)) lastSelection = selection;
    }),
  );

  function line(row) {
    const { kind, nick, time, text } = row.dataset;
    const said = text ?? row.querySelector(".body")?.textContent ?? "";
    if (kind === "message") return `[${time}] <${nick}> ${said}`;
    if (kind === "notice") return `[${time}] -${nick}- ${said}`;
    if (kind === "action") return `[${time}] * ${nick} ${said}`;
    return `[${time}] * ${said}`;
  }

  document.addEventListener("copy", (event) => {
    if (event.target.closest?.("input, textarea")) return;
    const rows = selectedRows();
    // A part of one message is copied as it is.
    if (rows.length < 2) return;
    event.clipboardData.setData("text/plain", rows.map(line).join("\n"));
    event.preventDefault();
  });

  function copy(text) {
    const byHand = () => {
      const field = document.createElement("textarea");
      field.value = text;
      field.className = "sr-only";
      const before = document.activeElement;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      before?.focus?.();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).catch(byHand);
    else byHand();
  }

  // --- The composer ----------------------------------------------------------------------------------------------------------

  const isComposer = (element) => element?.id === "composer";
  const growsItself = CSS.supports("field-sizing", "content");

  function grow(composer) {
    if (growsItself) return;
    composer.style.height = "auto";
    // The stylesheet has the greatest height.
    composer.style.height = `${composer.scrollHeight + composer.offsetHeight - composer.clientHeight}px`;
  }

  /** Brings the suggestion that is marked into view, once it is. */
  const showMarked = beforeFrame(() =>
    document.querySelector("#suggestions [aria-selected=true]")?.scrollIntoView({ block: "nearest" }),
  );

  function tellComposer(composer) {
    // The value of an input is one line.
    const text = composer.value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    tell("composer", composer.selectionStart ?? composer.value.length, text);
  }

  const seated = new WeakSet(); // fields into which something was put

  /** What the person has typed into `over`, in one piece before the caret, while something else was on its way there. */
  function typedOver(composer, over) {
    const { value, selectionEnd } = composer;
    // A new field was empty.
    const before = seated.has(composer) ? over : "";
    seated.add(composer);
    const start = selectionEnd - (value.length - before.length);
    return start >= 0 && value.slice(0, start) + value.slice(selectionEnd) === before ? value.slice(start, selectionEnd) : "";
  }

  function replace(composer, text) {
    composer.value = text;
  }

  /** Changes what differs, as the person would: the browser can undo it. */
  function edit(composer, text) {
    const { value } = composer;
    if (document.activeElement !== composer) return replace(composer, text);
    if (value === text) return;
    const shorter = Math.min(value.length, text.length);
    let start = 0;
    while (start < shorter && value[start] === text[start]) start += 1;
    let end = 0;
    while (end < shorter - start && value.at(-1 - end) === text.at(-1 - end)) end += 1;
    // A letter of two units stays whole.
    if (isSecondHalf(value, start) || isSecondHalf(text, start)) start -= 1;
    if (isSecondHalf(value, value.length - end)) end -= 1;
    const piece = text.slice(start, text.length - end);
    composer.setSelectionRange(start, value.length - end);
    if (piece) document.execCommand("insertText", false, piece);
    else document.execCommand("delete");
    if (composer.value !== text) replace(composer, text);
  }

  const isSecondHalf = (text, at) => at > 0 && (text.charCodeAt(at) & 0xfc00) === 0xdc00;

  /** Puts a text into the composer, and with it what was typed while it was on its way. */
  function seat(text, caret, over, put) {
    queueMicrotask(() =>
      withElement("composer", (composer) => {
        const typed = typedOver(composer, over);
        const end = caret + typed.length;
        put(composer, text.slice(0, caret) + typed + text.slice(caret));
        composer.setSelectionRange(end, end);
        grow(composer);
        if (typed || put === edit) tellComposer(composer);
      }),
    );
  }

  document.addEventListener("input", (event) => {
    if (!isComposer(event.target)) return;
    grow(event.target);
    tellComposer(event.target);
  });

  // Whoever types without having chosen a place for it means the conversation. The letter follows the focus.
  addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    if (ctrlKey || metaKey || altKey || [...key].length !== 1 || key === " ") return;
    const composer = document.getElementById("composer");
    const isNowhere = target === document.body || target?.matches?.("#app, #log, #region-room");
    if (composer && isNowhere && !document.querySelector("[role=dialog]")) composer.focus();
  });

  // --- The focus of what is gone ---------------------------------------------------------------------------------------------

  let focused = null; // what had the focus last
  let lostAt = null; // when it was first missed
  document.addEventListener("focusin", ({ target }) => {
    focused = target;
    lostAt = null;
  });
  // Whoever points at something chooses a place by that.
  addEventListener("pointerdown", () => (focused = null), true);

  const isText = (element) => element.matches("input, textarea");

  /** What had the focus is not in the page any more: it goes to what stands in its place, or to where one writes. */
  const passFocusOn = beforeFrame(() => {
    if (!focused || focused.isConnected || document.activeElement !== document.body) return;
    lostAt ??= performance.now();
    // Later it would be a surprise.
    if (performance.now() > lostAt + WAIT) focused = null;
    if (!focused) return;
    const inside = [...document.querySelectorAll("[role=dialog]")].at(-1);
    const next = inside ? inside.querySelector("[data-takes-focus]") : document.querySelector("[data-takes-focus], #composer");
    // A finger that touched no field wants no keyboard over half of the screen.
    if (!next || (isText(next) && !isText(focused) && matchMedia("(pointer: coarse)").matches)) return;
    next.focus();
    if (!isComposer(next)) next.select?.();
  });

  // What had the focus may be gone, or cannot have it any more. The keys of the app work all the same.
  addEventListener("keydown", (event) => {
    const app = document.getElementById("app");
    if (app && event.target === document.body && !app.dispatchEvent(new KeyboardEvent("keydown", event))) event.preventDefault();
  });

  // Before the interface hears of the key.
  addEventListener(
    "keydown",
    (event) => {
      const composer = event.target;
      if (!isComposer(composer)) return;
      // The key is the input method's; some browsers say so only by this number.
      if (event.isComposing || event.keyCode === 229) {
        event.stopPropagation();
        return;
      }
      if (["Tab", "Enter", "ArrowUp", "ArrowDown"].includes(event.key)) tellComposer(composer);
      if (event.key === "ArrowUp" || event.key === "ArrowDown") showMarked();
      if ((event.key === "PageUp" || event.key === "PageDown") && log) {
        log.scrollBy({ top: log.clientHeight * (event.key === "PageUp" ? -0.9 : 0.9) });
        event.preventDefault();
      }
      // The web view of Linux has no undo of its own; there the page is not from http.
      const isZ = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.altKey;
      if (isZ && !location.protocol.startsWith("http")) {
        document.execCommand(event.shiftKey ? "redo" : "undo");
        event.preventDefault();
      }
    },
    true,
  );

  // --- Files, which cannot be sent yet ---------------------------------------------------------------------------------------

  const isField = (element) => !!element?.closest?.("input, textarea");
  /** A file and nothing that the place could take. A picture out of a page comes with its address. */
  const isFile = ({ target, dataTransfer: { types } }) =>
    types.includes("Files") && !(isField(target) && types.includes("text/plain"));

  // What is dropped anywhere else would make the browser leave the page for it.
  addEventListener("dragover", (event) => {
    if (isFile(event)) event.dataTransfer.dropEffect = "copy";
    else if (isField(event.target)) return;
    else event.dataTransfer.dropEffect = "none";
    event.preventDefault();
  });

  addEventListener("drop", (event) => {
    if (isFile(event)) setTimeout(() => tell("file"));
    else if (isField(event.target)) return;
    event.preventDefault();
  });

  document.addEventListener("paste", (event) => {
    const { files } = event.clipboardData;
    if (!isComposer(event.target) || files.length === 0 || event.clipboardData.getData("text/plain")) return;
    event.preventDefault();
    setTimeout(() => tell("file"));
  });

  // --- Whether the person is there -------------------------------------------------------------------------------------------

  let lastAttentive = null;

  function tellAttentive() {
    const attentive = document.visibilityState === "visible" && document.hasFocus();
    if (attentive !== lastAttentive && tell("attentive", Number(attentive))) lastAttentive = attentive;
  }

  for (const name of ["focus", "blur"]) addEventListener(name, () => setTimeout(tellAttentive));
  document.addEventListener("visibilitychange", () => setTimeout(tellAttentive));

  // --- Whether there is room for the sides -----------------------------------------------------------------------------------

  // The stylesheet has the same width.
  const narrow = matchMedia("(max-width: 720px)");
  let lastNarrow = null;

  function tellNarrow() {
    if (narrow.matches !== lastNarrow && tell("narrow", Number(narrow.matches))) lastNarrow = narrow.matches;
  }

  narrow.addEventListener("change", () => setTimeout(tellNarrow));

  // --- What other tabs keep ----------------------------------------------------------------------------------------------------

  // The browser tells of what others change, but not while the page is frozen.
  addEventListener("storage", ({ key }) => {
    if (!key) return;
    // The time-outs of a tab that was just left are late. What another tab changes does not wait for them.
    tellAttentive();
    tell("stored", key);
  });
  addEventListener("pageshow", ({ persisted }) => persisted && tell("stored"));
  document.addEventListener("resume", () => tell("stored"));

  // --- The page changes ------------------------------------------------------------------------------------------------------

  new MutationObserver(() => {
    settle();
    passFocusOn();
    if (lastAttentive === null) tellAttentive();
    if (lastNarrow === null) tellNarrow();
  }).observe(document, { childList: true, subtree: true, characterData: true });

  globalThis.parla = Object.freeze({
    setComposer(text, caret, over) {
      seat(text, caret, over, replace);
    },
    editComposer(text, caret, over) {
      seat(text, caret, over, edit);
    },
    focus(id) {
      // Where somebody is in the first screen that stood in the page before the app (loading.js), that hands the focus over.
      queueMicrotask(() => withElement(id, (element) => element.closest("#loading") || element.focus()));
    },
    scrollToEnd() {
      queueMicrotask(() => {
        stuck = true;
        wanted = null;
        lastTop = 0;
        settle();
      });
    },
    scrollToRow(id) {
      queueMicrotask(() => {
        if (log) want(String(id), log.clientHeight / 5);
        settle();
      });
    },
    copy(text) {
      queueMicrotask(() => copy(text));
    },
    reveal(id) {
      queueMicrotask(() => withElement(id, reveal));
    },
  });
})();
