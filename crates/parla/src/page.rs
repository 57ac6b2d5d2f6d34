//! The page that the web view shows: its frame, its style, its scripts, and its security policies.
//!
//! Nothing in it comes from outside, and whatever comes from outside enters it only as text. Two policies
//! ensure that. The first one is in the page and allows the scripts that Dioxus and we put there; Dioxus
//! includes a new secret in its script at each start, so that script cannot be named by a hash. Our script
//! adds the second policy when those have run, and it allows none: from then on, only what the program itself
//! evaluates can run. With two policies, whatever either forbids is forbidden.

use parla_ui::{PAGE_SCRIPT, STYLE};

/// The policy while the page is being built. Changes from Dioxus arrive by a WebSocket on a port of this
/// machine that is different at each start; events go to the program through one address of the page's own
/// scheme, under which Dioxus would otherwise serve any file.
const FIRST_POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
    connect-src dioxus://index.html//__events http://dioxus.index.html//__events ws://127.0.0.1:*; \
    img-src data:; base-uri 'none'; form-action 'none'";

/// The policy from the time when the page is complete.
const LAST_POLICY: &str = "script-src 'none'; style-src 'none'";

/// What the web view lacks: the second policy; undo, for which GTK has no keys; control of links, because
/// Dioxus passes any link that no component handles to the system; and changes while nobody is looking.
/// Dioxus applies a change when the next frame is drawn, and does nothing until it is applied; a hidden
/// window draws no frames, so somebody looking elsewhere would be told nothing.
const SHELL_SCRIPT: &str = r#""use strict";
addEventListener("DOMContentLoaded", () => {
    const policy = document.createElement("meta");
    policy.httpEquiv = "Content-Security-Policy";
    policy.content = "{{policy}}";
    document.head.append(policy);
    interpreter.rafEdits = function (changes) {
        this.enqueueBytes(changes);
        let applied = false;
        const apply = () => {
            if (applied) return;
            applied = true;
            this.flushQueuedBytes();
            this.markEditsFinished();
        };
        if (!document.hidden) requestAnimationFrame(apply);
        setTimeout(apply, document.hidden ? 0 : 250);
    };
});
addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!link || ["http:", "https:", location.protocol].includes(link.protocol)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
}, true);
addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (event.defaultPrevented || event.isComposing || !event.ctrlKey || event.altKey) return;
    if (key !== "z" && key !== "y") return;
    document.execCommand(key === "y" || event.shiftKey ? "redo" : "undo");
    event.preventDefault();
});
"#;

/// The whole page. Dioxus puts its scripts before the end of the body.
pub(crate) fn index() -> String {
    let shell_script = SHELL_SCRIPT.replace("{{policy}}", LAST_POLICY);
    [
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>parla</title>\n",
        "<meta http-equiv=\"Content-Security-Policy\" content=\"",
        FIRST_POLICY,
        "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
        "<meta name=\"color-scheme\" content=\"light dark\">\n<style>\n",
        STYLE,
        "\n</style>\n</head>\n<body>\n<div id=\"main\"></div>\n<script>\n",
        &shell_script,
        "</script>\n<script>\n",
        PAGE_SCRIPT,
        "\n</script>\n</body>\n</html>\n",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dioxus searches for these closing tags as text, and so does the HTML parser.
    #[test]
    fn nothing_ends_before_its_end() {
        let page = index();
        for (end, count) in [("</head>", 1), ("</body>", 1), ("</style", 1), ("</script", 2), ("<!--", 0)] {
            assert_eq!(page.matches(end).count(), count, "{end}");
        }
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        let page = index();
        for loads in ["@import", "src=", "<link", "url(http", "url(\"http", "url('http", "url(//"] {
            assert!(!page.contains(loads), "{loads}");
        }
    }

    #[test]
    fn dioxus_has_what_the_script_relies_on() {
        let script = dioxus_interpreter_js::NATIVE_JS;
        for member in ["rafEdits(", "enqueueBytes(", "flushQueuedBytes(", "markEditsFinished(", "/__events`"]
        {
            assert!(script.contains(member), "{member}");
        }
    }

    #[test]
    fn no_policy_lets_text_become_a_program() {
        for policy in [FIRST_POLICY, LAST_POLICY] {
            assert!(!policy.contains("unsafe-eval") && !policy.contains('"'), "{policy}");
        }
    }
}
