//! The passwords of a network, on their way between the person, the client and the keyring.

use parla_client::{Credentials, Input, Intent, ProblemKind};
use parla_engine::problem;

use super::NetworkClient;
use crate::network_thread::networks::{Soon, Surroundings};

impl NetworkClient {
    /// Stores the passwords in the keyring if the person wants that, and deletes them there if they no longer
    /// do.
    ///
    /// That there are passwords is remembered before the keyring has answered: if the program ends in
    /// between, the next start asks a keyring that has nothing, rather than never asking one that has them.
    pub(super) fn keep_passwords(&mut self, around: &Surroundings) {
        if self.credentials.keep && self.credentials.has_password() {
            let (tell, serial) = (around.teller(), self.serial);
            let answer = Box::new(move |kept| tell(Soon::PasswordsKept(serial, kept)));
            around.keyring.keep(&self.remembered.id, self.credentials.clone(), answer);
            self.set_has_passwords(true, around);
        } else if self.remembered.settings.has_passwords && self.credentials.has_password() {
            around.keyring.forget(&self.remembered.id);
            self.set_has_passwords(false, around);
        }
    }

    fn set_has_passwords(&mut self, is_so: bool, around: &Surroundings) {
        if std::mem::replace(&mut self.remembered.settings.has_passwords, is_so) != is_so {
            around.store.remember(self.id, &self.remembered);
        }
    }

    /// The keyring has stored the passwords, or failed to.
    pub(crate) fn passwords_kept(&mut self, kept: Result<(), String>, around: &mut Surroundings) {
        self.set_has_passwords(kept.is_ok(), around);
        if let Err(why) = kept {
            self.announce(problem(ProblemKind::KeyringFailing, &why), around);
        }
    }

    /// The keyring has returned what it has. If it fails, the network is started as if there were nothing;
    /// the server says what it requires.
    pub(crate) fn passwords_loaded(
        &mut self,
        loaded: Result<Credentials, String>,
        around: &mut Surroundings,
    ) {
        match loaded {
            Ok(credentials) => {
                self.credentials.add(credentials);
                self.is_shown = false;
            }
            Err(why) => self.announce(problem(ProblemKind::KeyringFailing, &why), around),
        }
        self.answered(around);
    }

    /// Connects with what the keyring had.
    pub(super) fn start(&mut self, around: &mut Surroundings) {
        if std::mem::replace(&mut self.is_shown, true) {
            self.handle(Input::Start, around);
        } else {
            let credentials = self.credentials.clone();
            self.handle(Input::Intent(Intent::SignIn { credentials }), around);
        }
    }
}
