//! Accounts, from the first REGISTER to two devices of one person: what clients send and hear.
#![expect(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

mod accounts {
    mod access;
    mod app_passwords;
    mod creating;
    mod devices;
    mod invitations;
    mod kept;
    mod limits;
    mod owners;
    mod pass;
    mod people;
    mod reading;
    mod rig;
    mod rooms;
    mod services;
    mod signing_in;
}
