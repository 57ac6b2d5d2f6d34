//! Checks what a configuration refers to: whether the server can listen on all addresses at once, whether the
//! data directory is usable, and whether clients will accept the certificates.
//!
//! It only looks: a check opens no port and creates no directory. Its findings apply to this computer at this
//! moment.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access};

use super::{
    certificate::Certificate, file::File, listen, ports::Speech, problem::Problems, tls_files::TlsFiles,
    whole::Config,
};

/// Where something was configured: a key and its line, or an option of the command line.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConfigLocation {
    name: &'static str,
    line: Option<usize>,
    /// The line of its `tls`, if it has one.
    tls: Option<usize>,
}

impl ConfigLocation {
    pub(super) const fn on_the_command_line(option: &'static str) -> Self {
        Self { name: option, line: None, tls: None }
    }
}

/// Where the things that are checked here were configured, in the order of the configuration.
#[derive(Debug)]
pub(super) struct ConfigLocations {
    pub(super) data_dir: ConfigLocation,
    pub(super) listen: Vec<ConfigLocation>,
    pub(super) http: Vec<ConfigLocation>,
}

impl ConfigLocations {
    pub(super) fn of(file: &File) -> Self {
        let location = |name, line, tls: Option<&listen::Tls>| ConfigLocation {
            name,
            line,
            tls: tls.and_then(|tls| tls.line),
        };
        let listen =
            file.listen.iter().map(|one| location("listen.address", one.address.line, one.tls.as_ref()));
        let http = file.http.iter().map(|one| location("http.address", one.address.line, one.tls.as_ref()));
        let data_dir = location("server.data_dir", file.server.data_dir.line, None);
        Self { data_dir, listen: listen.collect(), http: http.collect() }
    }

    pub(super) fn without_file() -> Self {
        let location = ConfigLocation::on_the_command_line;
        Self {
            data_dir: location("--data-dir"),
            listen: vec![location("--listen")],
            http: vec![location("--http")],
        }
    }
}

/// Checks everything that a configuration refers to.
pub(super) fn check(config: &Config, locations: &ConfigLocations, problems: &Problems) {
    check_addresses(config, locations, problems);
    let ConfigLocation { name, line, .. } = locations.data_dir;
    if let Err((path, reason)) = usable(&config.data_dir) {
        let what = match path {
            None => format!("cannot use the data directory {}", config.data_dir.display()),
            Some(file) => format!("cannot write to {}", file.display()),
        };
        problems.error(line, format!("{name}: {what}: {reason}. Choose another with --data-dir"));
    }
    if let Some(file) = &config.log.file
        && let Err(reason) = writable(file)
    {
        problems.error(None, format!("log.target: cannot write to {}: {reason}", file.display()));
    }
    check_certificates(config, locations, problems);
}

/// Whether a file can be written, or created in its folder.
fn writable(file: &Path) -> io::Result<()> {
    match access(file, Access::WRITE_OK) {
        Err(rustix::io::Errno::NOENT) => {
            let absolute = std::path::absolute(file)?;
            let folder = absolute.parent().unwrap_or(Path::new("/"));
            Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
        }
        found => Ok(found?),
    }
}

/// Two sockets cannot listen on the same address, nor one on all addresses and another on one of them.
fn check_addresses(config: &Config, locations: &ConfigLocations, problems: &Problems) {
    let listen = config.listen.iter().map(|listen| listen.address).zip(&locations.listen);
    let http = config.http.iter().map(|http| http.address).zip(&locations.http);
    let all: Vec<(SocketAddr, &ConfigLocation)> = listen.chain(http).collect();
    for (index, (address, location)) in all.iter().enumerate() {
        let before = all.iter().take(index).find(|(before, _)| clash(*before, *address));
        let Some((before, first)) = before else { continue };
        let first = first.line.map_or_else(|| first.name.to_owned(), |line| format!("line {line}"));
        let words = if before == address {
            format!("{}: {address} is there twice ({first})", location.name)
        } else {
            format!("{}: {address} and {before} ({first}) cannot both be listened on", location.name)
        };
        problems.error(location.line, words);
    }
}

fn clash(one: SocketAddr, other: SocketAddr) -> bool {
    let (a, b) = (one.ip(), other.ip());
    // Port 0 means a different port each time.
    let is_same_port = one.port() == other.port() && one.port() != 0;
    // Listening on [::] may include IPv4, depending on the system's settings; we do not check that.
    let includes = a.is_ipv4() == b.is_ipv4() && (a.is_unspecified() || b.is_unspecified());
    is_same_port && (a == b || includes)
}

/// Checks whether data can be stored in a directory, which need not exist yet.
///
/// # Errors
/// The reason why not, with the file in it that is to blame, if it is not the directory itself.
fn usable(data_dir: &Path) -> Result<(), (Option<PathBuf>, io::Error)> {
    let here = |reason: io::Error| (None, reason);
    let absolute = std::path::absolute(data_dir).map_err(here)?;
    let there = absolute.ancestors().find_map(|path| match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        found => Some(found.map(|found| (path, found))),
    });
    let Some(there) = there else { return Ok(()) };
    let (path, found) = there.map_err(here)?;
    if !found.is_dir() {
        return Err(here(io::ErrorKind::NotADirectory.into()));
    }
    access(path, Access::WRITE_OK | Access::EXEC_OK).map_err(|error| here(error.into()))?;
    if is_made_by_the_system(path).map_err(here)? {
        return Err(here(io::ErrorKind::ReadOnlyFilesystem.into()));
    }
    for file in parla_store::files(&absolute) {
        match access(&file, Access::READ_OK | Access::WRITE_OK) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => {}
            Err(error) => return Err((Some(file), error.into())),
        }
    }
    Ok(())
}

/// Whether a directory is a view that the system generates, such as those below `/proc`, where not even root
/// can create files.
fn is_made_by_the_system(directory: &Path) -> io::Result<bool> {
    // No such file system has blocks. A file system in memory without a size limit reports none either, but
    // can be written.
    const TMPFS: rustix::fs::FsWord = 0x0102_1994;
    let found = rustix::fs::statfs(directory)?;
    Ok(found.f_blocks == 0 && found.f_type != TMPFS)
}

/// Checks each certificate once.
fn check_certificates(config: &Config, locations: &ConfigLocations, problems: &Problems) {
    let name = &config.settings.network.name;
    let sends_to_tls = config.settings.machine.sts.is_some();
    let listen = config.listen.iter().zip(&locations.listen).filter_map(|(listen, location)| {
        let is_sts = sends_to_tls && matches!(listen.speech, Speech::Lines);
        Some((listen.tls.as_ref()?, "listen.tls", location, vec![name.as_str()], is_sts))
    });
    let http = config.http.iter().zip(&locations.http).filter_map(|(http, location)| {
        let names =
            [name.as_str()].into_iter().chain(http.origins.iter().filter_map(|origin| origin.https_name()));
        Some((http.tls.as_ref()?, "http.tls", location, names.collect(), false))
    });
    // Doubts about a certificate are reported only once, for the first place that uses it.
    let mut told: Vec<(&TlsFiles, String)> = Vec::new();
    for (files, key, location, names, is_sts) in listen.chain(http) {
        let line = location.tls;
        let found = match Certificate::read(files) {
            Err(error) => {
                problems.error(line, format!("{key}: {error}"));
                continue;
            }
            Ok(None) => continue,
            Ok(Some(certificate)) => {
                let of_sts = if is_sts { certificate.doubt_of_sts() } else { None };
                certificate.doubts(&names).into_iter().chain(of_sts).collect::<Vec<_>>()
            }
        };
        for doubt in found {
            if !told.iter().any(|(known, before)| *known == files && *before == doubt) {
                problems.warning(line, format!("{key}: {doubt}"));
                told.push((files, doubt));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_cannot_be_listened_on_together() {
        let check = |one: &str, other: &str| clash(one.parse().unwrap(), other.parse().unwrap());
        assert!(check("127.0.0.1:6667", "127.0.0.1:6667"));
        assert!(check("127.0.0.1:6667", "0.0.0.0:6667") && check("[::]:6667", "[::1]:6667"));
        assert!(!check("127.0.0.1:6667", "127.0.0.1:6668") && !check("127.0.0.1:6667", "127.0.0.2:6667"));
        assert!(!check("127.0.0.1:0", "127.0.0.1:0") && !check("127.0.0.1:6667", "[::1]:6667"));
    }

    #[test]
    fn files_that_can_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("parlad.log");
        assert!(writable(&file).is_ok());
        std::fs::write(&file, "").unwrap();
        assert!(writable(&file).is_ok());
        let reason = writable(&folder.path().join("absent").join("parlad.log")).unwrap_err();
        assert_eq!(reason.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn directories_that_can_be_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        assert!(usable(folder.path()).is_ok() && usable(&path("a/b/c")).is_ok());
        assert!(!path("a").exists());
        std::fs::write(path("file"), "").unwrap();
        for below in ["file", "file/data"] {
            let (file, reason) = usable(&path(below)).unwrap_err();
            assert_eq!((file, reason.kind()), (None, io::ErrorKind::NotADirectory), "{below}");
        }
        for below in ["/proc/parla", "/proc/self/task/parla", "/sys/parla"] {
            assert!(usable(Path::new(below)).is_err(), "{below}");
        }
        assert!(is_made_by_the_system(Path::new("/proc")).unwrap());
        assert!(!is_made_by_the_system(folder.path()).unwrap());
    }
}
