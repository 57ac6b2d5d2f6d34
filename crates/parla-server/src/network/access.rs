//! Who may come in: what the configuration says or, if it says nothing, what the owner of the server has decided while
//! the server runs.

use std::sync::Arc;

use super::{Network, change::Change, effects::Effects};
use crate::base::settings::{AccessPolicy, NetworkSettings};

impl Network {
    /// Who may come in now.
    pub(crate) fn access_policy(&self) -> AccessPolicy {
        self.settings.access_policy()
    }

    /// Takes over what the owner has decided before.
    pub(super) fn set_access(&mut self, access: Option<AccessPolicy>) {
        self.access = access;
        self.settings = self.settings_with_access(Arc::clone(&self.settings));
    }

    /// Replaces the settings, and returns those from before.
    pub(crate) fn replace_settings(&mut self, settings: Arc<NetworkSettings>) -> Arc<NetworkSettings> {
        let settings = self.settings_with_access(settings);
        std::mem::replace(&mut self.settings, settings)
    }

    /// Lets the owner decide who may come in, and returns the settings from before.
    pub(crate) fn decide_access(
        &mut self,
        policy: AccessPolicy,
        effects: &mut Effects,
    ) -> Arc<NetworkSettings> {
        if self.access != Some(policy) {
            self.access = Some(policy);
            effects.changes.push(Change::Access(policy));
        }
        self.replace_settings(Arc::clone(&self.settings))
    }

    fn settings_with_access(&self, settings: Arc<NetworkSettings>) -> Arc<NetworkSettings> {
        match self.access {
            Some(policy) if settings.access_in_file.is_none() => Arc::new(settings.with_access(policy)),
            _ => settings,
        }
    }
}
