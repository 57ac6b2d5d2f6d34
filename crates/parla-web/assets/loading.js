// Loads the app and starts it. What cannot be loaded is tried again with growing pauses; what goes on failing is said in words.
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

  var WORDS = {
    loading: "parla is loading.",
    slow: "parla is still loading. The connection seems to be slow.",
    offline: "This device is offline. parla goes on loading as soon as it is connected again.",
    failing: "A part of parla could not be loaded. The server may be busy, or something on the way is in trouble. It is tried again by itself.",
    unreadable: "A part of parla arrived, but cannot be used. This browser may be too old, or something on the way changes what is loaded. It is tried again by itself.",
    missing: "This page does not fit the server, which may have been updated just now. Try again. If that does not help, tell whoever runs the server.",
    unable: "This browser cannot run parla. It needs WebAssembly, which is missing or switched off here. Use a recent version of Firefox, Chrome, Edge or Safari, or connect with any IRC program.",
    broken: "parla could not be started. Try again. If that does not help, try another browser, and tell whoever runs the server.",
    stopped: "parla has stopped because of a fault of its own. Try again to go on."
  };

  var loading = document.getElementById("loading");
  var words = document.getElementById("loading-words");
  var details = document.getElementById("loading-details");
  var again = document.getElementById("loading-again");
  var main = document.getElementById("main");
  // One of the states "loading", "starting", "running", "over".
  var state = "loading";
  // 0 in time, 1 slow, 2 very slow.
  var slowness = 0;
  var program = null;

  // What the app consists of. `isThere` tells whether it has really come: half a file may look like a whole one.
  var parts = [
    { url: "{{style.css}}", load: loadStyle, isThere: hasStyle },
    { url: "{{page.js}}", load: loadScript, isThere: function () { return !!window.parla; } },
    { url: "{{parla.js}}", load: loadScript, isThere: function () { return !!window.parlaStart; } },
    { url: "{{parla_bg.wasm}}", load: loadProgram, isThere: function () { return !!program; } }
  ];

  function say(text, about) {
    if (words.textContent !== text) words.textContent = text;
    details.textContent = about || "";
    details.hidden = !about;
  }

  function offer(act) {
    again.hidden = false;
    again.onclick = act;
  }

  function reload() {
    location.reload();
  }

  /** Nothing more is tried by itself. */
  function end(text, about) {
    state = "over";
    loading.className = "failed";
    say(text, about);
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
    loading.className = worst ? "failed" : "";
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

  function add(element, done) {
    function settle(event) {
      var isThere = event.type === "load";
      done(isThere ? "unreadable" : "failing");
      // A style sheet must stay where it is; what failed only stands in the way.
      if (!isThere) element.remove();
    }
    element.onload = element.onerror = settle;
    document.head.appendChild(element);
  }

  function loadStyle(url, done) {
    var link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = url;
    add(link, done);
  }

  /** The last rule of the style sheet says that it is whole. */
  function hasStyle() {
    return getComputedStyle(document.documentElement).getPropertyValue("--whole").trim() === "1";
  }

  function loadScript(url, done) {
    var script = document.createElement("script");
    script.src = url;
    add(script, done);
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
      loading.remove();
    });
    observer.observe(main, { childList: true });
    setTimeout(function () {
      if (state === "starting") end(WORDS.broken, "");
    }, DRAWN_WITHIN);
    window.parlaStart({ module_or_path: program }).then(null, function (error) {
      if (state === "starting") end(WORDS.broken, String(error));
    });
  }

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

  if (!window.WebAssembly || !WebAssembly.compile || !window.fetch || !window.MutationObserver) {
    end(WORDS.unable, "");
  } else {
    parts.forEach(function (part) {
      part.failures = 0;
      begin(part);
    });
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
