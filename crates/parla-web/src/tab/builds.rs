//! What a tab does when it learns that another one has another build of the app.

use std::time::Duration;

use super::{NAME_KEY, Side, Tab};
use crate::{build, page, storage};

/// The shortest pause between two requests to the server about its build.
const ASK_BUILD_EVERY: Duration = Duration::from_secs(5);

impl Tab {
    /// There is a tab with another build, so the server was upgraded after one of the pages was loaded.
    pub(super) fn ask_build(&mut self) {
        let now = page::now();
        if now.since(self.build_asked_at) >= ASK_BUILD_EVERY {
            self.build_asked_at = now;
            build::ask(self.post.build(), &self.sender);
        }
    }

    pub(super) fn learn_build(&mut self, is_newest: bool) {
        if is_newest {
            // The older page gives up the lead, and is reloaded as soon as it has asked the server as well.
            if matches!(self.side, Side::Outdated(_)) {
                self.side = Side::Nobody;
                self.vote(|election, out| election.claim(page::now(), out));
            }
        } else if !build::load_anew(self.post.build()) {
            self.interface
                .tell_whole(vec![build::outdated(storage::load(NAME_KEY).unwrap_or_default().into())]);
        }
    }
}
