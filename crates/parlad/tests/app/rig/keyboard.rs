//! Keys and the mouse as the browser receives them.

use std::fmt::Write as _;

pub(crate) use fantoccini::key::Key;
use serde_json::json;

use super::Window;

/// Keys pressed at the same time, for [`Window::presses`].
pub(crate) fn together(keys: &[Key]) -> String {
    let mut text = String::new();
    for key in keys {
        let _ = write!(text, "{}", char::from(*key));
    }
    text.push(char::from(Key::Null));
    text
}

impl Window {
    /// Presses one of the keys that have names.
    pub(crate) async fn hits(&self, key: Key) {
        self.presses(&char::from(key).to_string()).await;
    }

    /// Copies the selection, as Ctrl+C does.
    pub(crate) async fn copies(&self) {
        self.edits("KeyC", "c", "Copy").await;
    }

    /// Pastes into the element that has the focus, as Ctrl+V does.
    pub(crate) async fn pastes(&self) {
        self.edits("KeyV", "v", "Paste").await;
    }

    /// Undoes the last change, as Ctrl+Z does.
    pub(crate) async fn undoes(&self) {
        self.edits("KeyZ", "z", "Undo").await;
    }

    async fn edits(&self, code: &str, key: &str, command: &str) {
        const CONTROL: u32 = 2;
        let down = json!({ "type": "rawKeyDown", "key": key, "code": code, "modifiers": CONTROL,
            "windowsVirtualKeyCode": key.to_uppercase().as_bytes()[0], "commands": [command] });
        self.devtools("Input.dispatchKeyEvent", down).await;
        let up = json!({ "type": "keyUp", "key": key, "code": code });
        self.devtools("Input.dispatchKeyEvent", up).await;
    }

    /// Moves the mouse out of the way.
    pub(crate) async fn points_nowhere(&self) {
        self.devtools("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": 0, "y": 0 })).await;
    }

    /// Turns the wheel over the matching element by this many pixels; upwards if negative.
    pub(crate) async fn wheels(&self, selector: &str, pixels: f64) {
        let script = "const box = document.querySelector(arguments[0]).getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]";
        let centre = self.run(script, &[json!(selector)]).await;
        let turn =
            json!({ "type": "mouseWheel", "x": centre[0], "y": centre[1], "deltaX": 0, "deltaY": pixels });
        self.devtools("Input.dispatchMouseEvent", turn).await;
    }
}
