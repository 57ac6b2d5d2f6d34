//! Finds elements in the page, and uses mouse and keyboard, without knowing the texts of the app.

use fantoccini::{Locator, elements::Element, key::Key};
use serde_json::{Value, json};

use super::Window;

/// Finds the control that is called `arguments[0]`, by its label or by its text.
const CALLED: &str = "
    const kinds = 'button, a, summary, label, [role=button], [role=menuitem], [role=option], [role=tab]';
    const things = document.querySelectorAll(kinds);
    const name = thing => (thing.getAttribute('aria-label') ?? thing.textContent).trim();
    return [...things].find(thing => name(thing) === arguments[0] && thing.checkVisibility({ visibilityProperty: true })) ?? null;";

impl Window {
    /// Waits until a visible element matches.
    pub(crate) async fn finds(&self, selector: &str) -> Element {
        self.eventually(selector, async || {
            let found = self.client().find(Locator::Css(selector)).await.ok()?;
            found.is_displayed().await.is_ok_and(|is_displayed| is_displayed).then_some(found)
        })
        .await
    }

    /// Waits until no visible element matches.
    pub(crate) async fn finds_no(&self, selector: &str) {
        let script = "return [...document.querySelectorAll(arguments[0])].every(thing => !thing.checkVisibility({ visibilityProperty: true }))";
        self.until(&format!("the absence of {selector}"), script, &[json!(selector)]).await;
    }

    /// Waits until the page shows this text.
    pub(crate) async fn sees(&self, text: &str) {
        let script = "return document.body.innerText.includes(arguments[0])";
        self.until(&format!("the text `{text}`"), script, &[json!(text)]).await;
    }

    /// Waits until the page no longer shows this text.
    pub(crate) async fn sees_no(&self, text: &str) {
        let script = "return !document.body.innerText.includes(arguments[0])";
        self.until(&format!("the absence of the text `{text}`"), script, &[json!(text)]).await;
    }

    /// Presses the button, link or entry with this name.
    pub(crate) async fn clicks(&self, name: &str) {
        self.eventually(&format!("something called `{name}`"), async || {
            let found = self.run(CALLED, &[json!(name)]).await;
            let element: Element = self.element(&found)?;
            // It may be redrawn at this moment.
            element.click().await.ok()
        })
        .await;
    }

    /// Types into the matching element. Unlike a driver, people also type characters outside the first
    /// 65,536.
    pub(crate) async fn types(&self, selector: &str, text: &str) {
        if text.chars().all(|character| character.len_utf16() == 1) {
            // It may be redrawn before the first key.
            let typed = async || self.finds(selector).await.send_keys(text).await.ok();
            self.eventually(&format!("keys in {selector}"), typed).await;
        } else {
            self.finds(selector).await.click().await.unwrap();
            self.devtools("Input.insertText", json!({ "text": text })).await;
        }
    }

    /// Empties a field, as a person does with Ctrl+A and Backspace.
    pub(crate) async fn empties(&self, selector: &str) {
        self.finds(selector).await;
        let select = "const field = document.querySelector(arguments[0]); field.focus(); field.select();
            return field.value !== ''";
        if self.run(select, &[json!(selector)]).await == json!(true) {
            self.presses(&char::from(Key::Backspace).to_string()).await;
        }
    }

    /// Presses a key in the element that has the focus: `fantoccini::key::Key::Escape.into()` or a letter.
    pub(crate) async fn presses(&self, keys: &str) {
        // It may be redrawn before the first key.
        let press = async || self.client().active_element().await.ok()?.send_keys(keys).await.ok();
        self.eventually("keys in what has the focus", press).await;
    }

    /// The texts of all visible elements that match, from top to bottom.
    pub(crate) async fn texts(&self, selector: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])]
            .filter(thing => thing.checkVisibility({ visibilityProperty: true })).map(thing => thing.innerText)";
        let texts = self.run(script, &[json!(selector)]).await;
        texts.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    /// The element that has the focus, as `tag#id "label"`.
    pub(crate) async fn focus(&self) -> String {
        let script = "const thing = document.activeElement;
            const id = thing.id ? '#' + thing.id : '';
            const label = thing.ariaLabel ?? thing.textContent.trim().slice(0, 40);
            return thing.tagName.toLowerCase() + id + (label ? ` \"${label}\"` : '')";
        self.run(script, &[]).await.as_str().unwrap().to_owned()
    }

    /// Waits until this script returns true.
    pub(crate) async fn until(&self, what: &str, script: &str, arguments: &[Value]) {
        self.eventually(what, async || self.run(script, arguments).await.as_bool()?.then_some(())).await;
    }

    fn element(&self, found: &Value) -> Option<Element> {
        // This is the protocol's key for a reference to an element.
        let reference = found.get("element-6066-11e4-a52e-4f735466cecf")?.as_str()?;
        Some(Element::from_element_id(self.client().clone(), reference.to_owned().into()))
    }
}
