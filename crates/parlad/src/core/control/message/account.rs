//! Accounts, as the control socket tells of them.

use parla_server::{AccountSummary, AppPassword, DeviceSummary, Fingerprint};
use serde::{Deserialize, Serialize};

/// Some of the accounts.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AccountPage {
    pub(crate) accounts: Vec<AccountRow>,
    /// Whether more accounts follow after the last one.
    pub(crate) more: bool,
}

/// An account in the list.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AccountRow {
    pub(crate) name: String,
    pub(crate) created_at: String,
    /// Whether somebody is signed in to it.
    pub(crate) present: bool,
    /// Why nobody may sign in to it, which may be empty; null if they may.
    pub(crate) suspended: Option<String>,
}

/// An account in full.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AccountDetails {
    /// Its number, which no other account ever has.
    pub(crate) id: u64,
    #[serde(flatten)]
    pub(crate) row: AccountRow,
    pub(crate) has_password: bool,
    /// The SHA-256 of each certificate that signs in to it.
    pub(crate) certificates: Vec<String>,
    /// `nick!user@host` of whoever is signed in to it.
    pub(crate) user: Option<String>,
    /// How many connections they have.
    pub(crate) sessions: usize,
    /// These connections, the oldest first.
    pub(crate) devices: Vec<DeviceRow>,
    /// The passwords for single programs.
    pub(crate) app_passwords: Vec<AppPasswordRow>,
}

/// A device that is signed in to an account.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DeviceRow {
    /// Never given again while its person is there.
    pub(crate) number: u32,
    /// What it calls itself; null if it has no name.
    pub(crate) name: Option<String>,
    /// Whether it has signed in with an app password.
    pub(crate) by_app_password: bool,
    /// Its real address.
    pub(crate) address: String,
    pub(crate) since: String,
    /// When something was last said on it; at first, when it signed in.
    pub(crate) spoke_at: String,
}

/// An app password, without the password.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AppPasswordRow {
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) created_at: String,
    /// To the day; null if nobody has signed in with it.
    pub(crate) used_at: Option<String>,
}

/// The result of a change of an account.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AccountChanged {
    /// Its name, as the request wrote it.
    pub(crate) account: String,
}

impl From<AccountSummary> for AccountRow {
    fn from(summary: AccountSummary) -> Self {
        let AccountSummary { name, created_at, is_present, suspended } = summary;
        Self { name, created_at: created_at.to_string(), present: is_present, suspended }
    }
}

impl From<parla_server::AccountDetails> for AccountDetails {
    fn from(details: parla_server::AccountDetails) -> Self {
        let parla_server::AccountDetails {
            id,
            summary,
            has_password,
            certificates,
            user,
            sessions,
            devices,
            app_passwords,
        } = details;
        let certificates = certificates.iter().map(ToString::to_string).collect();
        let devices = devices.into_iter().map(DeviceRow::from).collect();
        let app_passwords = app_passwords.into_iter().map(AppPasswordRow::from).collect();
        let id = id.number();
        Self { id, row: summary.into(), has_password, certificates, user, sessions, devices, app_passwords }
    }
}

impl From<DeviceSummary> for DeviceRow {
    fn from(summary: DeviceSummary) -> Self {
        let DeviceSummary { number, name, is_by_app_password, address, since, spoke_at } = summary;
        Self {
            number,
            name,
            by_app_password: is_by_app_password,
            address: address.to_string(),
            since: since.to_string(),
            spoke_at: spoke_at.to_string(),
        }
    }
}

impl From<AppPassword> for AppPasswordRow {
    fn from(kept: AppPassword) -> Self {
        let AppPassword { id, name, hash: _, created_at, used_at } = kept;
        Self {
            number: id.number(),
            name,
            created_at: created_at.to_string(),
            used_at: used_at.map(|at| at.to_string()),
        }
    }
}

/// Checks the name of an app password.
pub(super) fn app_password_name(name: &str) -> Result<String, String> {
    let fits = AppPassword::is_name(name);
    fits.then(|| name.to_owned()).ok_or_else(|| {
        "the name of an app password has 1 to 32 characters, and none of them is a space".to_owned()
    })
}

/// Reads the hash of an app password, which is written like a fingerprint.
pub(super) fn hash(text: &str) -> Result<[u8; 32], String> {
    let hash = Fingerprint::parse(text).map(|Fingerprint(bytes)| bytes);
    hash.ok_or_else(|| "the hash of an app password has 64 hexadecimal digits".to_owned())
}
