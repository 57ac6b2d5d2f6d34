//! Whether clients will accept a certificate: its validity period, its names, and its issuer.
//!
//! A bad certificate does not prevent the server from starting: ports without TLS still work, and a new
//! certificate may follow.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use x509_parser::{
    certificate::X509Certificate, extensions::GeneralName, prelude::FromDer as _, time::ASN1Time,
};

use super::tls_files::{TlsError, TlsFiles};

/// The contents of a certificate.
pub(super) struct Certificate {
    path: String,
    not_before: ASN1Time,
    not_after: ASN1Time,
    /// Host names, optionally starting with `*.`.
    names: Vec<String>,
    is_self_signed: bool,
}

/// How long before the certificate expires the administrator is warned. Automatic renewal happens much
/// earlier.
const RENEW_BEFORE: Duration = Duration::from_secs(7 * 24 * 3600);

impl Certificate {
    /// Reads the first certificate of a file, after checking that the key belongs to it. `None` if it is so
    /// unusual that nothing can be said about it.
    ///
    /// # Errors
    /// It cannot be used.
    pub(super) fn read(files: &TlsFiles) -> Result<Option<Self>, TlsError> {
        let certified = files.read()?;
        let parsed = certified.cert.first().and_then(|der| X509Certificate::from_der(der).ok());
        let path = files.cert.display().to_string();
        Ok(parsed.map(|(_, certificate)| Self::of(path, &certificate)))
    }

    fn of(path: String, certificate: &X509Certificate<'_>) -> Self {
        let alternative = certificate.subject_alternative_name().ok().flatten();
        let names = match alternative {
            Some(names) => {
                let names = names.value.general_names.iter();
                names
                    .filter_map(|name| match name {
                        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
                        _ => None,
                    })
                    .collect()
            }
            None => {
                let common = certificate.subject().iter_common_name();
                common.filter_map(|name| name.as_str().ok()).map(str::to_ascii_lowercase).collect()
            }
        };
        Self {
            path,
            not_before: certificate.validity().not_before,
            not_after: certificate.validity().not_after,
            names,
            is_self_signed: certificate.subject().as_raw() == certificate.issuer().as_raw(),
        }
    }

    /// Why clients that connect by one of these names may reject it.
    pub(super) fn doubts(&self, wanted: &[&str]) -> Vec<String> {
        self.doubts_at(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(), wanted)
    }

    fn doubts_at(&self, now: Duration, wanted: &[&str]) -> Vec<String> {
        let Self { path, not_before, not_after, names, .. } = self;
        let (now, day) =
            (i64::try_from(now.as_secs()).unwrap_or(i64::MAX), |time: &ASN1Time| time.to_datetime().date());
        let soon = i64::try_from(RENEW_BEFORE.as_secs()).unwrap_or(i64::MAX);
        let mut doubts = Vec::new();
        if not_after.timestamp() < now {
            doubts.push(format!("the certificate {path} expired on {}; clients refuse it", day(not_after)));
        } else if not_after.timestamp() < now.saturating_add(soon) {
            doubts.push(format!("the certificate {path} expires on {}; renew it", day(not_after)));
        }
        if not_before.timestamp() > now {
            doubts.push(format!(
                "the certificate {path} is valid from {} only; until then clients refuse it",
                day(not_before)
            ));
        }
        if !wanted.iter().any(|wanted| names.iter().any(|name| covers(name, wanted))) {
            let names = if names.is_empty() { "no host".to_owned() } else { names.join(", ") };
            let wanted = wanted.join(" or ");
            doubts
                .push(format!("the certificate {path} is for {names}, not for {wanted}; clients refuse it"));
        }
        doubts
    }

    /// Why clients that STS sends here cannot connect.
    pub(super) fn doubt_of_sts(&self) -> Option<String> {
        let Self { path, is_self_signed, .. } = self;
        is_self_signed.then(|| {
            format!(
                "the certificate {path} is signed by itself, and clients that [sts] sends here do not take that: they are \
                 locked out for as long as sts.duration says"
            )
        })
    }
}

/// Whether a name in a certificate covers a host: RFC 6125, section 6.4.
fn covers(name: &str, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    match name.strip_prefix("*.") {
        Some(parent) => host.split_once('.').is_some_and(|(first, rest)| !first.is_empty() && rest == parent),
        None => name == host,
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    use super::*;

    const DAY: u64 = 24 * 3600;

    /// The first of June 2026.
    const NOW: u64 = 1_780_272_000;

    fn certificate(names: &[&str]) -> Certificate {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "common.example.org");
        params.not_before = date_time_ymd(2026, 5, 1);
        params.not_after = date_time_ymd(2026, 8, 1);
        let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let (_, parsed) = X509Certificate::from_der(der.der()).unwrap();
        Certificate::of("cert.pem".to_owned(), &parsed)
    }

    #[test]
    fn its_time() {
        let certificate = certificate(&["irc.example.org"]);
        let at = |seconds: u64| {
            certificate.doubts_at(Duration::from_secs(seconds), &["irc.example.org"]).join("\n")
        };
        assert_eq!(at(NOW), "");
        assert_eq!(
            at(NOW - 40 * DAY),
            "the certificate cert.pem is valid from 2026-05-01 only; until then clients refuse it"
        );
        assert_eq!(at(NOW + 55 * DAY), "the certificate cert.pem expires on 2026-08-01; renew it");
        assert_eq!(at(NOW + 70 * DAY), "the certificate cert.pem expired on 2026-08-01; clients refuse it");
    }

    #[test]
    fn its_names() {
        let check = |names: &[&str], wanted: &[&str]| {
            certificate(names).doubts_at(Duration::from_secs(NOW), wanted).join("\n")
        };
        assert_eq!(check(&["chat.example.org", "IRC.example.org"], &["irc.Example.org"]), "");
        assert_eq!(check(&["*.example.org"], &["irc.example.org"]), "");
        assert_eq!(check(&["chat.example.org"], &["irc.example.org", "chat.example.org"]), "");
        assert_eq!(
            check(&["*.example.org"], &["a.b.example.org"]),
            "the certificate cert.pem is for *.example.org, not for a.b.example.org; clients refuse it"
        );
        assert_eq!(
            check(&["*.example.org"], &["example.org", "chat.example.net"]),
            "the certificate cert.pem is for *.example.org, not for example.org or chat.example.net; clients refuse it"
        );
        assert_eq!(check(&[], &["common.example.org"]), "");
    }

    #[test]
    fn who_vouches_for_it() {
        assert!(certificate(&["irc.example.org"]).doubt_of_sts().unwrap().contains("is signed by itself"));
    }
}
