//! `[accounts]`: who may sign in and how, and how people create accounts.

use parla_server::{
    AccessPolicy, AccountSettings, AlwaysOn, Mechanism, NetworkSettings, RegistrationSettings,
};

use super::{
    hash::HashCost,
    kind::{duration, flag, list, number, one_of, placed, some_text, text, unknown},
    problem::Problems,
    table::{Placed, Table, Value},
};
use crate::limits::HASH_MEMORY_KIB_MAX;

/// The table `[accounts]` with those below it.
#[derive(Debug)]
pub(super) struct Accounts {
    /// `None` if there are no accounts.
    pub(super) settings: Option<AccountSettings>,
    pub(super) password_cost: HashCost,
}

/// `[access]`: who may come in, if the file says so.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Access {
    policy: Option<AccessPolicy>,
}

impl Access {
    pub(super) fn read(table: &mut Table<'_>) -> Placed<Self> {
        let policy = table.maybe("policy", placed(one_of(&AccessPolicy::WORDS)));
        policy.map_or_else(
            || Placed::nowhere(Self::default()),
            |policy| Placed { value: Self { policy: Some(policy.value) }, line: policy.line },
        )
    }

    /// Makes the settings of accounts those that the policy needs. Returns who may come in, if the file says so:
    /// whoever requires accounts does not leave it to the owner of the server.
    pub(super) fn apply(
        self,
        line: Option<usize>,
        settings: &mut Option<AccountSettings>,
        problems: &Problems,
    ) -> Option<AccessPolicy> {
        let Some(policy) = self.policy else {
            let requires = settings.as_ref().is_some_and(|settings| settings.required);
            return requires.then_some(AccessPolicy::Accounts);
        };
        if policy == AccessPolicy::Open {
            let requires = settings.as_ref().is_some_and(|settings| settings.required);
            return Some(if requires { AccessPolicy::Accounts } else { policy });
        }
        let Some(settings) = settings else {
            problems.error(line, "access.policy: needs accounts, and accounts.enabled is false".to_owned());
            return Some(policy);
        };
        if policy == AccessPolicy::Invite {
            settings.registration.get_or_insert_default();
        }
        policy.apply(settings);
        if settings.registration.is_some_and(|registration| !registration.before_connect) {
            let words = "access.policy: nobody can sign up in an IRC client, because accounts.registration.before_connect is false";
            problems.warning(line, words);
        }
        Some(policy)
    }
}

/// Argon2 needs at least this much.
const MEMORY_KIB_MIN: u64 = 8;

/// Bytes that may be in the longest password that can be configured. More would not fit into one exchange of
/// SASL.
const PASSWORD_BYTES_MAX: u64 = 2_048;

impl Accounts {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        let default = AccountSettings::default();
        let is_enabled = table.or("enabled", flag, NetworkSettings::named("").accounts.is_some());
        let mechanisms = table.or("sasl_mechanisms", list(mechanism), default.mechanisms);
        let required = table.or("require", flag, default.required);
        let reserve_nicks = table.or("reserve_nicks", flag, default.reserve_nicks);
        // Wrong passwords lead to growing pauses, which these cannot describe.
        table.without_effect("login_attempts", |value| number::<u32>(1..=1_000)(value).is_some());
        table.without_effect("login_window", |value| duration(value).is_some());
        let registration = table.table("registration", registration);
        let (password_chars_min, password_bytes_max, password_cost) = table.table("passwords", passwords);
        let (several_sessions, always_on) = table.table("sessions", sessions);
        let settings = AccountSettings {
            mechanisms: without_repetition(mechanisms),
            reserve_nicks,
            required,
            several_sessions,
            always_on,
            registration,
            // This is a key of [channels].
            channels_owned_max: default.channels_owned_max,
            password_chars_min,
            password_bytes_max,
        };
        Self { settings: is_enabled.then_some(settings), password_cost }
    }
}

fn mechanism(value: &Value<'_>) -> Option<Mechanism> {
    let name = text(value)?;
    Mechanism::named(&name).or_else(|| {
        let names: Vec<&str> = Mechanism::names().collect();
        unknown(value, &format!("must be one of {}", names.join(", ")), names)
    })
}

fn without_repetition(mechanisms: Vec<Mechanism>) -> Vec<Mechanism> {
    let mut different = Vec::new();
    for mechanism in mechanisms {
        if !different.contains(&mechanism) {
            different.push(mechanism);
        }
    }
    different
}

/// `None` if nobody creates an account for themselves.
fn registration(table: &mut Table<'_>) -> Option<RegistrationSettings> {
    let default = RegistrationSettings::default();
    let is_enabled = table.or("enabled", flag, true);
    let registration = RegistrationSettings {
        by_invitation: default.by_invitation,
        before_connect: table.or("before_connect", flag, default.before_connect),
        email_required: table.or("require_email", email_required, default.email_required),
        per_hour: table.or("per_hour", number(1..=100_000), default.per_hour),
    };
    table.without_effect("verify_timeout", |value| duration(value).is_some());
    let smtp = table.maybe_table("smtp", |table| {
        table.maybe("server", some_text);
        table.maybe("from", some_text);
        table.line
    });
    if let Some(line) = smtp {
        let words = "accounts.registration.smtp: has no effect: this version cannot send e-mail";
        table.problems().warning(line, words);
    }
    is_enabled.then_some(registration)
}

fn email_required(value: &Value<'_>) -> Option<bool> {
    let is_required = flag(value)?;
    if is_required {
        value.warning("this version cannot send e-mail, so it does not find out whether an address is right");
    }
    Some(is_required)
}

/// The fewest characters and the most bytes of a new password, and the cost of its hash.
fn passwords(table: &mut Table<'_>) -> (usize, usize, HashCost) {
    let default = AccountSettings::default();
    let chars_min = table.or("min_length", number(1..=64), default.password_chars_min);
    let bytes_max = table.or("max_length", number(64..=PASSWORD_BYTES_MAX), default.password_bytes_max);
    let cheap = HashCost::default();
    let memory_kib = table.or(
        "argon2_memory_kib",
        number(MEMORY_KIB_MIN..=u64::from(HASH_MEMORY_KIB_MAX)),
        cheap.memory_kib,
    );
    let passes = table.or("argon2_iterations", number(1..=u64::from(u32::MAX)), cheap.passes);
    let cost = HashCost { memory_kib, passes };
    if cost.is_too_much() {
        let words = format!(
            "accounts.passwords: it would take too long to compare a password (argon2_memory_kib = {memory_kib}, argon2_iterations = {passes})"
        );
        table.problems().error(table.line, words);
    } else if cost.is_weak() {
        let words = "accounts.passwords: such hashes are quick to guess for whoever gets hold of the data; raise argon2_memory_kib or argon2_iterations";
        table.problems().warning(table.line, words);
    }
    (chars_min, bytes_max, cost)
}

/// Whether several connections may be one user, and whether people stay present without any.
fn sessions(table: &mut Table<'_>) -> (bool, AlwaysOn) {
    let words = [
        ("off", AlwaysOn::Off),
        ("opt-in", AlwaysOn::OptIn),
        ("opt-out", AlwaysOn::OptOut),
        ("mandatory", AlwaysOn::Mandatory),
    ];
    let default = AccountSettings::default();
    let multiple = table.or("multiple", flag, default.several_sessions);
    (multiple, table.or("always_on", one_of(&words), default.always_on))
}
