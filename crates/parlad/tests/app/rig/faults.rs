//! A proxy between a page and its server that makes requests fail as networks and busy servers do.

use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use rustix::net::sockopt::set_socket_linger;

use crate::support::PATIENCE;

/// How a request fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The server answers with this status.
    Status(u16),
    /// The connection is reset in the middle of the answer.
    Reset,
    /// The connection ends in the middle of the answer.
    Truncated,
    /// Something in between answers with a page in place of the server.
    WrongContent,
    /// The answer never comes.
    Silence,
    /// The page is from before an upgrade: the files that it refers to are gone.
    Stale,
}

/// Decides what happens to a request for this path, which has no query.
type Rule = Box<dyn FnMut(&str) -> Option<Fault> + Send>;

/// Such a proxy. It runs until the process ends.
pub(crate) struct Faults {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    rule: Mutex<Rule>,
    asked: Mutex<Vec<String>>,
    /// The connections of pages that carry IRC lines.
    lines: Mutex<Vec<TcpStream>>,
}

impl Faults {
    /// Starts a proxy for the server at `pages`.
    pub(crate) fn start(pages: SocketAddr, rule: impl FnMut(&str) -> Option<Fault> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let rule: Mutex<Rule> = Mutex::new(Box::new(rule));
        let shared = Arc::new(Shared { rule, asked: Mutex::default(), lines: Mutex::default() });
        let served = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&served);
                thread::spawn(move || {
                    // When a page is closed, its connections break.
                    let _ = serve(stream, pages, &shared);
                });
            }
        });
        Self { address, shared }
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Replaces the rule from now on.
    pub(crate) fn change(&self, rule: impl FnMut(&str) -> Option<Fault> + Send + 'static) {
        *self.shared.rule.lock().unwrap() = Box::new(rule);
    }

    /// How often this path was requested.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.shared.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    /// Breaks every connection that carries IRC lines.
    pub(crate) fn breaks_connections(&self) {
        for page in self.shared.lines.lock().unwrap().drain(..) {
            // It may have ended already.
            let _ = page.shutdown(Shutdown::Both);
        }
    }
}

/// Answers one request. The page opens another connection for the next.
fn serve(mut page: TcpStream, pages: SocketAddr, shared: &Shared) -> io::Result<()> {
    let head = read_head(&mut page)?;
    let target = head.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default();
    let mut server = TcpStream::connect(pages)?;
    if path.ends_with("/irc") {
        server.write_all(head.as_bytes())?;
        shared.lines.lock().unwrap().push(page.try_clone()?);
        return pass_on(&page, &server);
    }
    shared.asked.lock().unwrap().push(path.to_owned());
    let fault = (shared.rule.lock().unwrap())(path);
    server.write_all(alone(&head).as_bytes())?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    let middle = answer.windows(4).position(|end| end == b"\r\n\r\n").map_or(answer.len(), |end| end + 4);
    let middle = middle + (answer.len() - middle) / 2;
    match fault {
        None => page.write_all(&answer)?,
        Some(Fault::Status(status)) => {
            let answer = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            page.write_all(answer.as_bytes())?;
        }
        Some(Fault::Reset) => {
            page.write_all(&answer[..middle])?;
            // If bytes were still on their way, the browser would see a proper end.
            thread::sleep(Duration::from_millis(20));
            set_socket_linger(&page, Some(Duration::ZERO))?;
        }
        Some(Fault::Truncated) => page.write_all(&answer[..middle])?,
        Some(Fault::WrongContent) => {
            let words = "<!doctype html><title>Welcome to our hotel</title>";
            let length = words.len();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n");
            page.write_all(format!("{head}Connection: close\r\n\r\n{words}").as_bytes())?;
        }
        Some(Fault::Silence) => {
            page.set_read_timeout(Some(PATIENCE * 3))?;
            let _ = page.read(&mut [0]);
        }
        Some(Fault::Stale) => page.write_all(&aged(&String::from_utf8_lossy(&answer)))?,
    }
    Ok(())
}

/// The head of a request.
fn read_head(page: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        page.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// The same request, but asking for an uncompressed answer that ends its connection.
fn alone(head: &str) -> String {
    let is_kept = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        !matches!(&*name, "connection" | "accept-encoding" | "")
    };
    let lines: Vec<&str> = head.split("\r\n").filter(is_kept).collect();
    format!("{}\r\nConnection: close\r\n\r\n", lines.join("\r\n"))
}

/// The page with other hashes in the names of its files, which its policy would not contain.
fn aged(answer: &str) -> Vec<u8> {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let is_kept = |line: &&str| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        !matches!(&*name, "content-security-policy" | "content-length" | "etag")
    };
    let head: Vec<&str> = head.split("\r\n").filter(is_kept).collect();
    let body = ["style-", "page-", "parla-"]
        .into_iter()
        .fold(body.to_owned(), |body, name| body.replace(&format!("./{name}"), &format!("./{name}0")));
    format!("{}\r\nContent-Length: {}\r\n\r\n{body}", head.join("\r\n"), body.len()).into_bytes()
}

fn pass_on(page: &TcpStream, server: &TcpStream) -> io::Result<()> {
    let (mut from_page, mut from_server) = (page.try_clone()?, server.try_clone()?);
    let (mut to_page, mut to_server) = (page, server.try_clone()?);
    thread::scope(|scope| {
        scope.spawn(move || {
            let _ = io::copy(&mut from_page, &mut to_server);
            let _ = to_server.shutdown(Shutdown::Write);
        });
        let _ = io::copy(&mut from_server, &mut to_page);
        let _ = to_page.shutdown(Shutdown::Both);
    });
    Ok(())
}
