//! What the administrator is told about the sections for accounts.

use parla_server::{AccessPolicy, AccountSettings, AlwaysOn, Mechanism, RegistrationSettings};

use super::*;
use crate::config::HashCost;

#[test]
fn accounts_are_configured() {
    let accounts = |text: &str| parse(&format!("{LEAST}{text}")).unwrap().settings.network.accounts;
    assert_eq!(accounts(""), Some(AccountSettings::default()));
    assert_eq!(accounts("[accounts]\nenabled = false\nrequire = true\n"), None);
    let registration =
        |text: &str| accounts(&format!("[accounts.registration]\n{text}\n")).unwrap().registration;
    assert_eq!(registration("enabled = false\nper_hour = 3"), None);
    let config = parse(&format!(
        "{LEAST}[accounts]\nsasl_mechanisms = [\"EXTERNAL\", \"plain\", \"EXTERNAL\"]\nrequire = true\nreserve_nicks = false\n\
         [accounts.registration]\nbefore_connect = false\nper_hour = 3\n\
         [accounts.passwords]\nmin_length = 12\nmax_length = 592\nargon2_memory_kib = 47104\nargon2_iterations = 1\n\
         [accounts.sessions]\nmultiple = false\nalways_on = \"off\"\n"
    ))
    .unwrap();
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    let registration = RegistrationSettings { before_connect: false, per_hour: 3, ..Default::default() };
    let expected = AccountSettings {
        mechanisms: vec![Mechanism::External, Mechanism::Plain],
        reserve_nicks: false,
        required: true,
        several_sessions: false,
        always_on: AlwaysOn::Off,
        registration: Some(registration),
        channels_owned_max: 50,
        password_chars_min: 12,
        password_bytes_max: 592,
    };
    assert_eq!(config.settings.network.accounts, Some(expected));
    assert_eq!(config.password_cost, HashCost { memory_kib: 47_104, passes: 1 });
}

#[test]
fn what_is_wrong_with_accounts_is_told() {
    check(
        &format!(
            "{LEAST}[accounts]\nenable = true\nsasl_mechanisms = [\"PLAIN\", \"SCRAM-SHA-1\", \"LOGIN\"]\n\
             [accounts.registration]\nper_hour = 0\nbefore_conect = true\n\
             [accounts.registration.smtp]\nserver = \"127.0.0.1:25\"\n\
             [accounts.passwords]\nmin_length = 0\nmax_length = 10000\nargon2_memory_kib = 65536\nargon2_iterations = 17\n\
             [accounts.sessions]\nalways_on = \"sometimes\"\n"
        ),
        expect![[r#"
            line 7: accounts.enable: there is no such key; did you mean enabled?
            line 8: accounts.sasl_mechanisms: must be one of PLAIN, SCRAM-SHA-256, EXTERNAL; did you mean "SCRAM-SHA-256"?
            line 8: accounts.sasl_mechanisms: must be one of PLAIN, SCRAM-SHA-256, EXTERNAL, not "LOGIN"
            line 10: accounts.registration.per_hour: must be a whole number from 1 to 100000, not 0
            line 11: accounts.registration.before_conect: there is no such key; did you mean before_connect?
            line 12: warning: accounts.registration.smtp: has no effect: this version cannot send e-mail
            line 14: accounts.passwords: it would take too long to compare a password (argon2_memory_kib = 65536, argon2_iterations = 17)
            line 15: accounts.passwords.min_length: must be a whole number from 1 to 64, not 0
            line 16: accounts.passwords.max_length: must be a whole number from 64 to 2048, not 10000
            line 20: accounts.sessions.always_on: must be "off", "opt-in", "opt-out" or "mandatory", not "sometimes""#]],
    );
}

/// A file may ask for more than this version can do, and for cheap hashes.
#[test]
fn what_accounts_cannot_do_yet_is_told() {
    check(
        &format!(
            "{LEAST}[accounts]\nenabled = true\nlogin_attempts = 3\nlogin_window = \"1m\"\n\
             [accounts.registration]\nenabled = true\nrequire_email = true\nverify_timeout = \"1d\"\n\
             [accounts.registration.smtp]\nserver = \"127.0.0.1:25\"\nfrom = \"parlad@example.org\"\n\
             [accounts.passwords]\nmin_length = 1\nargon2_memory_kib = 64\nargon2_iterations = 1\n\
             [accounts.sessions]\nmultiple = true\nalways_on = \"opt-in\"\n"
        ),
        expect![[r#"
            line 8: warning: accounts.login_attempts: has no effect: this version does not have what it asks for
            line 9: warning: accounts.login_window: has no effect: this version does not have what it asks for
            line 12: warning: accounts.registration.require_email: this version cannot send e-mail, so it does not find out whether an address is right
            line 13: warning: accounts.registration.verify_timeout: has no effect: this version does not have what it asks for
            line 14: warning: accounts.registration.smtp: has no effect: this version cannot send e-mail
            line 17: warning: accounts.passwords: such hashes are quick to guess for whoever gets hold of the data; raise argon2_memory_kib or argon2_iterations"#]],
    );
}

#[test]
fn the_file_may_say_who_comes_in_and_for_how_long_messages_are_kept() {
    let network = |text: &str| parse(&format!("{LEAST}{text}")).unwrap().settings.network;
    let access = |text: &str| {
        let network = network(text);
        (network.access_in_file, network.access_policy())
    };
    assert_eq!(access(""), (None, AccessPolicy::Open), "the owner decides");
    for (word, policy) in AccessPolicy::WORDS {
        assert_eq!(access(&format!("[access]\npolicy = \"{word}\"\n")), (Some(policy), policy));
    }
    let accounts = (Some(AccessPolicy::Accounts), AccessPolicy::Accounts);
    assert_eq!(access("[accounts]\nrequire = true\n"), accounts);
    assert_eq!(access("[accounts]\nrequire = true\n[access]\npolicy = \"open\"\n"), accounts);

    let retain = |text: &str| network(&format!("[history]\nretain = \"{text}\"\n")).retain;
    assert_eq!((network("").retain, retain("forever")), (None, None));
    assert_eq!(retain("90d"), Some(Duration::from_secs(90 * 86_400)));
    check(
        &format!("{LEAST}[history]\nretain = \"10s\"\n"),
        expect![[
            r#"line 7: history.retain: must be a duration of at least a minute, such as "12h" or "90d", or "forever", not "10s""#
        ]],
    );
}
