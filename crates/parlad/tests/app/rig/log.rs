//! The reader's position among the messages, measured in the page at every frame.

use serde_json::json;

use super::Window;

/// Remembers the first row that is completely in view, give or take a pixel, and from then on how far it
/// moves. It measures after each frame, because nobody sees what the page corrects before drawing, nor a size
/// that the window has had since.
const KEEP_AN_EYE: &str = "
    const log = document.getElementById('log');
    const at = row => row.getBoundingClientRect().top - log.getBoundingClientRect().top;
    const eye = [...log.querySelectorAll('[data-row]')].find(row => at(row) >= -1);
    const mine = { row: eye.dataset.row, began: at(eye), strayed: 0, frames: 0, lost: 0 };
    window.eye = mine;
    const size = () => `${innerWidth} ${innerHeight}`;
    const behind = new MessageChannel();
    behind.port1.onmessage = ({ data }) => {
        if (window.eye !== mine) return;
        if (data !== size()) return requestAnimationFrame(look);
        mine.frames += 1;
        const row = log.querySelector(`[data-row='${mine.row}']`);
        if (row) mine.strayed = Math.max(mine.strayed, Math.abs(at(row) - mine.began));
        else mine.lost += 1;
        requestAnimationFrame(look);
    };
    const look = () => behind.port2.postMessage(size());
    requestAnimationFrame(look);
    return eye.innerText;";

impl Window {
    /// Scrolls this far from the start of the messages, as somebody does who drags the scroll bar.
    pub(crate) async fn scrolls_to(&self, top: u64) {
        let script = "const log = document.getElementById('log'); log.scrollTop = arguments[0]";
        self.run(script, &[json!(top)]).await;
        self.next_frames().await;
    }

    /// Scrolls until the upper half of a row that contains this text is above the visible part.
    pub(crate) async fn cuts_off(&self, text: &str) {
        let script = "const log = document.getElementById('log');
            const at = row => row.getBoundingClientRect().top - log.getBoundingClientRect().top;
            const row = [...log.querySelectorAll('[data-row]')]
                .find(row => at(row) >= 0 && row.innerText.includes(arguments[0]));
            log.scrollTop += at(row) + row.offsetHeight / 2";
        self.run(script, &[json!(text)]).await;
        self.next_frames().await;
    }

    /// Lets the page draw, and draw the consequences of that.
    pub(crate) async fn next_frames(&self) {
        let script = "const done = arguments[arguments.length - 1]; let left = 4;
            const next = () => --left ? requestAnimationFrame(next) : done(true); next()";
        self.client().execute_async(script, Vec::new()).await.unwrap();
    }

    /// Starts watching the first row in view, and returns its text.
    pub(crate) async fn keeps_an_eye(&self) -> String {
        self.run(KEEP_AN_EYE, &[]).await.as_str().unwrap().to_owned()
    }

    /// Fails if the watched row moved by more than a pixel in any frame since.
    pub(crate) async fn has_not_moved(&self, while_what: &str) {
        self.next_frames().await;
        let eye = self.run("return window.eye", &[]).await;
        println!("{while_what}: strayed {} px in {} frames", eye["strayed"], eye["frames"]);
        assert!(eye["frames"].as_u64().unwrap() > 0, "nothing was drawn");
        assert_eq!(eye["lost"], 0, "{while_what}: the row that was read left the page");
        let strayed = eye["strayed"].as_f64().unwrap();
        assert!(strayed <= 1.0, "{while_what}: the row that was read strayed by {strayed} pixels");
    }

    /// Waits until the newest message is in view and the app knows it.
    pub(crate) async fn is_at_the_end(&self) {
        let script = "const log = document.getElementById('log');
            return log.scrollHeight - log.scrollTop - log.clientHeight <= 1 && !document.querySelector('.jump')";
        self.until("the end of the messages", script, &[]).await;
    }

    /// Reads everything from the newest message to the first, as somebody does who scrolls up. Returns the
    /// messages of the person and of others in their order, each with its author: `bob: hello`.
    pub(crate) async fn reads_all(&self) -> Vec<String> {
        let script = "
            const done = arguments[arguments.length - 1];
            const log = document.getElementById('log');
            const seen = new Map();
            let still = 0;
            log.scrollTop = log.scrollHeight;
            const step = () => {
                for (const row of log.querySelectorAll('[data-row][data-nick]'))
                    seen.set(row.dataset.row, [row.dataset.nick, row.querySelector('.body').textContent]);
                const isFirst = log.scrollTop === 0 && log.querySelector('.beginning');
                still = isFirst ? still + 1 : 0;
                if (still > 30) return done([...seen.values()]);
                log.scrollTop -= log.clientHeight / 2;
                setTimeout(() => requestAnimationFrame(step), 15);
            };
            step();";
        let all = self.client().execute_async(script, Vec::new()).await.unwrap();
        let rows = all.as_array().unwrap().iter();
        rows.map(|row| format!("{}: {}", row[0].as_str().unwrap(), row[1].as_str().unwrap())).collect()
    }
}
