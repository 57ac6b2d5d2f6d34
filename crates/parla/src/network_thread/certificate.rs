//! The details of a server's certificate for the person: who it is for, who vouches for it, its validity, and
//! its fingerprint. Whoever answers there may have made all of it up, except for the fingerprint.

use std::sync::Arc;

use parla_client::{text::shown_name, view::Certificate};
use parla_proto::Timestamp;
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate, X509Name};

use crate::limits::CERTIFICATE_NAMES_MAX;

/// What a certificate says. `trusted` is the fingerprint that the person trusts for this server, if any.
pub(crate) fn describe(der: &[u8], trusted: Option<Arc<str>>) -> Certificate {
    let fingerprint: Arc<str> = fingerprint(der).into();
    let Ok((_, certificate)) = X509Certificate::from_der(der) else {
        return Certificate { fingerprint, trusted, ..Certificate::default() };
    };
    let is_self_signed = certificate.subject().as_raw() == certificate.issuer().as_raw();
    let validity = certificate.validity();
    Certificate {
        names: names(&certificate),
        issuer: (!is_self_signed).then(|| shown_name(&words(certificate.issuer()))),
        valid_from: Timestamp::from_millis(validity.not_before.timestamp().saturating_mul(1_000)),
        valid_until: Timestamp::from_millis(validity.not_after.timestamp().saturating_mul(1_000)),
        fingerprint,
        trusted,
    }
}

/// The SHA-256 fingerprint of the certificate in the usual form: `AB:CD:…`.
pub(crate) fn fingerprint(der: &[u8]) -> String {
    let bytes: Vec<String> = Sha256::digest(der).iter().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(":")
}

fn names(certificate: &X509Certificate<'_>) -> Vec<Arc<str>> {
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let names = alternative.map(|extension| extension.value.general_names.as_slice()).unwrap_or_default();
    let mut names: Vec<Arc<str>> =
        names.iter().filter_map(name).take(CERTIFICATE_NAMES_MAX).map(|name| shown_name(&name)).collect();
    if names.is_empty() {
        let common = certificate.subject().iter_common_name().find_map(|name| name.as_str().ok());
        names.extend(common.map(shown_name));
    }
    names
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match *bytes {
            [a, b, c, d] => Some(std::net::Ipv4Addr::new(*a, *b, *c, *d).to_string()),
            _ => {
                let bytes: [u8; 16] = (*bytes).try_into().ok()?;
                Some(std::net::Ipv6Addr::from(bytes).to_string())
            }
        },
        _ => None,
    }
}

/// The organisation and the name of an authority.
fn words(name: &X509Name<'_>) -> String {
    let organisation = name.iter_organization().find_map(|part| part.as_str().ok());
    let common = name.iter_common_name().find_map(|part| part.as_str().ok());
    let parts: Vec<&str> = organisation.into_iter().chain(common).collect();
    if parts.is_empty() { name.to_string() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, Issuer, KeyPair, SanType, date_time_ymd};

    use super::*;

    #[test]
    fn a_certificate_can_be_looked_at() {
        let mut parameters = CertificateParams::new(["irc.example.org".to_owned()]).unwrap();
        parameters.subject_alt_names.push(SanType::IpAddress("192.0.2.7".parse().unwrap()));
        parameters.not_after = date_time_ymd(2_030, 1, 1);
        let key = KeyPair::generate().unwrap();
        let own = parameters.self_signed(&key).unwrap();
        let read = describe(own.der(), None);
        assert_eq!(read.names, ["irc.example.org".into(), "192.0.2.7".into()]);
        assert_eq!(read.issuer, None, "nobody but itself vouches for it");
        assert_eq!(read.valid_until.as_millis(), 1_893_456_000_000);
        assert_eq!(read.fingerprint.len(), 32 * 3 - 1);

        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.distinguished_name.push(DnType::OrganizationName, "Example Trust");
        let authority_key = KeyPair::generate().unwrap();
        let issuer = Issuer::new(authority, authority_key);
        let signed = parameters.signed_by(&key, &issuer).unwrap();
        let read = describe(signed.der(), None);
        assert!(read.issuer.is_some_and(|issuer| issuer.starts_with("Example Trust")));
    }

    #[test]
    fn what_is_none_has_a_fingerprint_only() {
        let read = describe(b"no certificate", Some("AB".into()));
        assert!(read.names.is_empty() && read.fingerprint.split(':').count() == 32, "{read:?}");
        assert_eq!(read.trusted.as_deref(), Some("AB"));
    }
}
