// Loads the app and starts it. What cannot be loaded is tried again with growing pauses; what goes on failing is said in words.
// Meanwhile the first screen can be used: it stands in the page, and the app goes on with what was begun there.
//
// Stands inside the page, as it must not be missing itself, and is written for old browsers, which are told that they are too
// old. `cargo xtask web` fills in the addresses; the server's policy knows the hash of this text.
(function () {
  "use strict";

  // Pauses between attempts, in milliseconds; the last one is repeated.
  var PAUSES = [300, 1000, 2000, 4000, 8000, 15000, 30000];
  // So many failures of a part are nothing to speak of.
  var FAILURES_UNSAID = 2;
  // Then it is said that the network is slow, and then a way out is offered.
  var SLOW_AFTER = 8000;
  var VERY_SLOW_AFTER = 30000;
  // The app draws something within this time after its start, or does not work.
  var DRAWN_WITHIN = 15000;
  // The first screen comes before the app also on a busy device: until somebody touches the form, the app is not asked for before
  // so much time has passed since the form was drawn. A page in the background is not drawn, and waits for the second of these.
  var FORM_ALONE = 1000;
  var FORM_ALONE_UNSEEN = 2000;
  // What was begun is taken up again if the page is loaded anew within this time.
  var KEPT_FOR = 600000;
  // The app answers the form within this time.
  var ANSWERED_WITHIN = 1000;
  // A longer name of a room or a person is cut by the app.
  var SHOWN_NAME_CHARS_MAX = 64;

  // What is said, in English; and of the other languages what they say for it, and where the sentences of the app are.
  var WORDS = {
    loading: "{{say loading-words}}",
    slow: "{{say loading-slow}}",
    offline: "{{say loading-offline}}",
    failing: "{{say loading-failing}}",
    unreadable: "{{say loading-unreadable}}",
    missing: "{{say loading-missing}}",
    unable: "{{say loading-unable}}",
    broken: "{{say loading-broken}}",
    stopped: "{{say loading-stopped}}"
  };
  var LANGUAGES = {{languages}};

  var loading = document.getElementById("loading");
  var note = document.getElementById("loading-note");
  var words = document.getElementById("loading-words");
  var details = document.getElementById("loading-details");
  var again = document.getElementById("loading-again");
  var main = document.getElementById("main");
  // One of the states "loading", "starting", "running", "over".
  var state = "loading";
  // 0 in time, 1 slow, 2 very slow.
  var slowness = 0;
  var program = null;
  // What LANGUAGES has of the person's language; nothing for English.
  var theirs = null;

  // What the app consists of. `isThere` tells whether it has really come: half a file may look like a whole one.
  var parts = [
    { url: "{{page.js}}", load: loadScript, isThere: function () { return !!window.parla; } },
    { url: "{{parla.js}}", load: loadScript, isThere: function () { return !!window.parlaStart; } },
    { url: "{{parla_bg.wasm}}", load: loadProgram, isThere: function () { return !!program; } }
  ];

  /** What stands in the place of an English text in the language of the person. */
  function inTheirs(text) {
    return (theirs && theirs.words[text]) || text;
  }

  /** Puts the words of the person's language into a part of the page. */
  function translate(part) {
    for (var node = part.firstChild; node; node = node.nextSibling) {
      if (node.nodeType === 3) node.data = inTheirs(node.data);
      else translate(node.content || node);
    }
  }

  /** The language that the person chose (preferences.rs), else the first of those that they read; English if we have neither. */
  function language() {
    var codes = [].slice.call(navigator.languages || [navigator.language || ""]);
    try {
      // As it was kept before, if nothing was chosen since (preferences.rs).
      var kept = JSON.parse(localStorage.getItem(keyOf("preferences"))) || { language: localStorage.getItem(keyOf("language")) };
      codes.unshift(kept.language || "");
    } catch (error) {
      // The browser keeps nothing, or nothing that can be read.
    }
    codes = codes.map(function (code) { return code.split("-")[0].toLowerCase(); });
    return codes.filter(function (code) { return code === "en" || LANGUAGES.hasOwnProperty(code); })[0] || "en";
  }

  function say(english, about) {
    var text = inTheirs(english);
    if (words.textContent !== text) words.textContent = text;
    details.textContent = about || "";
    details.hidden = !about;
  }

  function offer(act) {
    again.hidden = false;
    again.onclick = act;
  }

  function reload() {
    keep();
    location.reload();
  }

  /** Nothing more is tried by itself. */
  function end(text, about) {
    state = "over";
    keep();
    hideForm();
    loading.className = "failed";
    say(text, about);
    note.hidden = false;
    offer(reload);
    // It was taken away when the app was there.
    if (!loading.parentNode) {
      words.setAttribute("role", "alert");
      document.body.appendChild(loading);
      again.focus();
    }
  }

  /** Says how things are. */
  function tell() {
    if (state !== "loading") return;
    var bad = parts.filter(function (part) { return part.failures > FAILURES_UNSAID && !part.isDone; });
    var worst = bad.filter(function (part) { return part.why === "missing"; })[0] || bad[0];
    loading.className = (worst ? "failed" : "") + (hasForm ? " has-form" : "");
    note.hidden = hasForm && !worst && !slowness;
    if (worst) {
      say(navigator.onLine === false ? WORDS.offline : WORDS[worst.why], worst.about);
      offer(worst.why === "missing" ? reload : tryNow);
    } else {
      say(slowness ? WORDS.slow : WORDS.loading);
      if (slowness > 1) offer(reload);
      else again.hidden = true;
    }
  }

  function tryNow() {
    parts.forEach(function (part) {
      if (part.timer) begin(part);
    });
  }

  function begin(part) {
    clearTimeout(part.timer);
    part.timer = 0;
    if (!part.failures) return load(part, part.url);
    // An address that is new to the browser: it may have kept a failure, or a wrong answer.
    var url = part.url + "?again=" + Date.now();
    if (part.load === loadProgram) return load(part, url);
    // The browser does not say why an element failed, so it is asked for by other means first, and then lies in the cache.
    fetch(url).then(
      function (answer) {
        if (!answer.ok) return failed(part, kindOf(answer.status), "the server answered " + answer.status);
        return answer.arrayBuffer().then(function () { load(part, url); });
      }
    ).then(null, function () { failed(part, "failing", "the server did not answer"); });
  }

  function load(part, url) {
    part.load(url, function (why, about) {
      if (part.isDone || state !== "loading") return;
      if (!part.isThere()) return failed(part, why, about);
      part.isDone = true;
      tell();
      startIfComplete();
    });
  }

  function kindOf(status) {
    return status === 404 || status === 410 ? "missing" : "failing";
  }

  function failed(part, why, about) {
    if (state !== "loading") return;
    part.failures += 1;
    part.why = why;
    part.about = part.url.replace("./", "") + (about ? ": " + about : "");
    if (why === "missing" && !wasReloaded()) {
      // The page is older than the server. A new one names what is there.
      state = "over";
      return reload();
    }
    if (why === "missing") part.failures = Math.max(part.failures, FAILURES_UNSAID + 1);
    var pause = PAUSES[Math.min(part.failures, PAUSES.length) - 1];
    // Whoever failed together does not come back together.
    part.timer = setTimeout(function () { begin(part); }, pause * (0.75 + Math.random() / 2));
    tell();
  }

  /** Whether this page came by a reload already: then another one would not help. */
  function wasReloaded() {
    var entry = performance.getEntriesByType ? performance.getEntriesByType("navigation")[0] : null;
    return entry ? entry.type === "reload" : !performance.navigation || performance.navigation.type === 1;
  }


  function loadScript(url, done) {
    var script = document.createElement("script");
    script.src = url;
    script.onload = function () { done("unreadable"); };
    script.onerror = function () {
      done("failing");
      script.remove();
    };
    document.head.appendChild(script);
  }

  function loadProgram(url, done) {
    fetch(url).then(function (answer) {
      if (!answer.ok) return done(kindOf(answer.status), "the server answered " + answer.status);
      var isPlain = WebAssembly.compileStreaming && answer.headers.get("content-type") === "application/wasm";
      var compiled = isPlain
        ? WebAssembly.compileStreaming(answer)
        : answer.arrayBuffer().then(function (bytes) { return WebAssembly.compile(bytes); });
      return compiled.then(function (module) {
        program = module;
        done();
      }, function (error) {
        // A connection that breaks off is a TypeError.
        done(error instanceof TypeError ? "failing" : "unreadable", String(error));
      });
    }, function () { done("failing", "the server did not answer"); });
  }

  function startIfComplete() {
    if (!parts.every(function (part) { return part.isDone; })) return;
    state = "starting";
    var observer = new MutationObserver(function () {
      if (!main.firstElementChild || state !== "starting") return;
      state = "running";
      observer.disconnect();
      // Once the app has done what it does right after drawing: it asks for the focus.
      if (hasForm) setTimeout(handOver);
      else loading.remove();
    });
    observer.observe(main, { childList: true });
    setTimeout(function () {
      if (state === "starting") end(WORDS.broken, "");
    }, DRAWN_WITHIN);
    window.parlaStart({ module_or_path: program }).then(null, function (error) {
      if (state === "starting") end(WORDS.broken, String(error));
    });
  }

  // --- The first screen ------------------------------------------------------------------------------------------------------
  //
  // `first-screen.html` is what the components of the app draw.

  var first = document.getElementById("loading-form");
  var form = first.querySelector("form");
  var field = document.getElementById("name");
  // Whether the first screen is shown.
  var hasForm = false;
  // The person wants to be let in, and sees that this is under way.
  var entering = null;
  // What is said if there is no name.
  var advice = null;
  // An input method is in the middle of a word, which would be lost without its field.
  var isComposing = false;
  // When the app may be asked for.
  var formWasAlone = window.Promise && Promise.resolve();

  /** The name under which the browser keeps a thing of ours (storage.rs). */
  function keyOf(thing) {
    return "parla" + location.pathname.replace(/[^/]*$/, "") + thing;
  }

  function template(id) {
    return document.getElementById(id).content.cloneNode(true);
  }

  /** Whether the app will let the person in without asking (browser.rs). */
  function isReturning() {
    try {
      return localStorage.getItem(keyOf("name")) !== null;
    } catch (error) {
      // The browser keeps nothing, or nothing that can be read.
      return false;
    }
  }

  /** Keeps what was begun while the page is loaded anew. */
  function keep() {
    if (!hasForm) return;
    try {
      sessionStorage.setItem(keyOf("begun"), JSON.stringify([field.value, !!entering, Date.now()]));
    } catch (error) {
      // Then it has to be written once more.
    }
  }

  function takeUp() {
    try {
      var begun = JSON.parse(sessionStorage.getItem(keyOf("begun")));
      sessionStorage.removeItem(keyOf("begun"));
      if (!begun || Date.now() - begun[2] > KEPT_FOR) return;
      field.value = begun[0];
      if (begun[1]) enter();
    } catch (error) {
      // Nothing was kept.
    }
  }

  function showForm() {
    hasForm = true;
    sayWhereTo();
    first.hidden = false;
    field.focus();
    takeUp();
    formWasAlone = new Promise(function (resolve) {
      requestAnimationFrame(function () { setTimeout(resolve, FORM_ALONE); });
      setTimeout(resolve, FORM_ALONE_UNSEEN);
      ["keydown", "pointerdown", "input", "submit"].forEach(function (act) { form.addEventListener(act, resolve); });
    });
  }

  function hideForm() {
    hasForm = false;
    first.hidden = true;
    if (entering) entering.remove();
    entering = null;
  }

  /** Names the room or the person to which the address leads. What the app might show in another way is left to it. */
  function sayWhereTo() {
    var found = /^#\/(?:network\/\d+\/)?(room|person)\/([^]+)$/.exec(location.hash);
    if (!found) return;
    try {
      var name = decodeURIComponent(found[2]);
      var isPlain = new RegExp("^(?:[\\p{L}\\p{N}\\p{P}\\p{S}]\\p{M}?)+$", "u").test(name);
      var isOdd = new RegExp("[,\\u2800]|\\p{Default_Ignorable_Code_Point}", "u").test(name);
      if (!isPlain || isOdd || name.length > SHOWN_NAME_CHARS_MAX) return;
      if (found[1] === "room" && !/^[#&+!]/.test(name)) name = "#" + name;
      var sentence = template("loading-" + found[1]);
      sentence.querySelector("bdi").textContent = name;
      var place = first.querySelector(".first-sentence");
      place.textContent = "";
      place.appendChild(sentence);
    } catch (error) {
      // It is no name, or the browser is an old one.
    }
  }

  function enter() {
    if (!field.value.trim()) return advise();
    entering = document.createElement("div");
    entering.style.display = "contents";
    entering.appendChild(template("loading-entering"));
    entering.querySelector("button").onclick = function () {
      entering.remove();
      entering = null;
      first.hidden = false;
      field.focus();
    };
    first.hidden = true;
    first.parentNode.insertBefore(entering, first);
  }

  function advise() {
    if (!advice) {
      advice = document.createElement("p");
      advice.id = "name-advice";
      advice.className = "hint";
      advice.setAttribute("role", "alert");
      advice.appendChild(template("loading-nameless"));
      field.setAttribute("aria-describedby", advice.id);
      field.parentNode.appendChild(advice);
    }
  }

  function forgetAdvice() {
    if (!advice) return;
    advice.remove();
    advice = null;
    field.removeAttribute("aria-describedby");
  }

  /** The app is there. If it shows its own first screen, it goes on with what was begun in this one. */
  function handOver() {
    // The end of a word calls this again.
    if (isComposing || !hasForm) return;
    var there = main.querySelector("#name");
    hasForm = false;
    if (!there) return loading.remove();
    var focused = document.activeElement;
    if (there.value !== field.value) {
      there.value = field.value;
      there.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (focused === field) {
      there.focus({ preventScroll: true });
      there.setSelectionRange(field.selectionStart, field.selectionEnd, field.selectionDirection);
    } else if (form.contains(focused)) {
      main.querySelector("button").focus();
    }
    if (!entering && !advice) return loading.remove();
    var wasOnCancel = entering && entering.contains(focused);
    // What is seen stays until the app shows the same.
    var answered = new MutationObserver(function () { setTimeout(uncover); });
    answered.observe(main, { childList: true, subtree: true });
    var patience = setTimeout(uncover, ANSWERED_WITHIN);
    function uncover() {
      answered.disconnect();
      clearTimeout(patience);
      if (state !== "running") return;
      loading.remove();
      var next = main.querySelector("#name") || (wasOnCancel ? main.querySelector("button") : null);
      if (next && !main.contains(document.activeElement)) next.focus();
    }
    there.form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    enter();
  });
  field.addEventListener("input", forgetAdvice);
  field.addEventListener("compositionstart", function () { isComposing = true; });
  field.addEventListener("compositionend", function () {
    isComposing = false;
    // The field has the word a moment later.
    if (state === "running") setTimeout(handOver);
  });

  // --- The beginning ----------------------------------------------------------------------------------------------------------

  /** A program that has trapped does nothing more, and what is drawn of it is dead. */
  function trapped(error) {
    if (!window.WebAssembly || !(error instanceof WebAssembly.RuntimeError)) return;
    if (state === "starting") end(WORDS.broken, String(error));
    else if (state === "running") end(WORDS.stopped, String(error));
  }

  addEventListener("error", function (event) { trapped(event.error); });
  addEventListener("unhandledrejection", function (event) { trapped(event.reason); });
  addEventListener("online", tryNow);
  addEventListener("offline", tell);

  var code = language();
  document.documentElement.lang = code;
  theirs = LANGUAGES[code];
  translate(loading);
  // For the app.
  window.parlaLanguages = LANGUAGES;

  if (!window.WebAssembly || !WebAssembly.compile || !window.fetch || !window.MutationObserver) {
    end(WORDS.unable, "");
  } else {
    if (!isReturning()) showForm();
    parts.forEach(function (part) {
      part.failures = 0;
      formWasAlone.then(function () { begin(part); });
    });
    // The app finds it in the cache of the browser. If it does not come, the app says so.
    if (theirs) formWasAlone.then(function () { fetch(theirs.table).then(null, function () {}); });
    tell();
    [SLOW_AFTER, VERY_SLOW_AFTER].forEach(function (after) {
      setTimeout(function () {
        slowness += 1;
        tell();
      }, after);
    });
  }
  // From here on this script has the words.
  document.getElementById("loading-late").remove();
})();
