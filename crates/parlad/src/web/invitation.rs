//! The page of an invitation: `/i/CODE`. It says where somebody is invited to and by whom, and has the form with
//! which they create their account. It needs no script.

use std::{fmt::Write as _, net::SocketAddr, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{
        HeaderMap, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue},
    },
};
use parla_server::{AdminAnswer, AdminRequest, InvitationSummary};
use tokio::sync::Semaphore;

use super::{response::Response, visit::Visit};
use crate::{
    config::{Config, HashCost, Http},
    core::control::Desk,
    setup,
    work::password::{self, Hasher},
};

/// The folder of the pages.
pub(super) const ROUTE: &str = "/i/{code}";

/// Bytes of a form; a password has at most 2,048, each of which may take three.
pub(super) const FORM_BYTES_MAX: usize = 16 * 1024;

/// What such a page may do: have its own style, and send its form to this server.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;\
    color:#1c1b22;background:#fff}label{display:block;margin:1rem 0 .25rem}input,button,.button{font:inherit;\
    padding:.6rem .8rem;border:1px solid #6b6a75;border-radius:.4rem;box-sizing:border-box;width:100%}\
    button,.button{display:block;margin-top:1.5rem;background:#2b5bd7;border-color:#2b5bd7;color:#fff;\
    text-align:center;text-decoration:none;cursor:pointer}.wrong{color:#a4161a}small{color:#4b4a55}\
    code{overflow-wrap:anywhere}@media(prefers-color-scheme:dark){body{color:#eceaf4;background:#17161c}\
    small{color:#b5b3c2}.wrong{color:#ff8a8e}input{color:inherit;background:#24232b}}";

/// Creates accounts for visitors.
#[derive(Debug)]
pub(crate) struct Invitations {
    desk: Arc<Desk>,
    cost: HashCost,
    setup: setup::File,
    /// One password is hashed at a time. Only those who have an invitation get here.
    hashing: Semaphore,
}

impl Invitations {
    pub(crate) fn new(desk: Arc<Desk>, config: &Config) -> Self {
        let setup = setup::File::new(&config.data_dir);
        Self { desk, cost: config.password_cost, setup, hashing: Semaphore::new(1) }
    }

    async fn find(&self, code: &str) -> Result<InvitationSummary, Response> {
        match self.desk.ask(AdminRequest::Invitation { code: code.to_owned() }).await {
            Ok(AdminAnswer::Invitation(invitation)) => Ok(*invitation),
            Ok(AdminAnswer::Refused(why)) => Err(cannot_be_used(&why)),
            Ok(_) => Err(try_later("The server did not understand that")),
            Err(why) => Err(try_later(why)),
        }
    }

    /// Creates an account. The error is a sentence for the visitor, without its full stop.
    async fn sign_up(
        &self,
        invitation: &InvitationSummary,
        form: Form,
        visit: &Visit,
        headers: &HeaderMap,
    ) -> Result<(), String> {
        let Form { name, password, again } = form;
        if name.is_empty() {
            return Err("Choose a name first".to_owned());
        }
        if password != again {
            return Err("The two passwords differ".to_owned());
        }
        invitation.accounts.check_password(&password).map_err(|why| why.to_string())?;
        if password.contains(['\0', '\r', '\n']) {
            return Err("The password has a character that no client can send".to_owned());
        }
        let Ok(_place) = self.hashing.acquire().await else {
            return Err("The server is stopping".to_owned());
        };
        let cost = self.cost;
        let proof =
            tokio::task::spawn_blocking(move || password::prove(&password, cost, &mut Hasher::default()));
        let proof = proof.await.ok().flatten();
        let password = proof.ok_or_else(|| "The server has no memory for that now; try again".to_owned())?;
        let (code, address) = (invitation.code.clone(), visit.client_address(headers));
        match self.desk.ask(AdminRequest::SignUp { code, name, password, address }).await {
            Ok(AdminAnswer::Done { refused, .. }) if refused.is_empty() => {
                if invitation.makes_owner {
                    self.setup.remove();
                }
                Ok(())
            }
            Ok(AdminAnswer::Done { refused, .. }) => Err(refused.join("; ")),
            Ok(AdminAnswer::Refused(why)) => Err(why),
            Ok(_) => Err("The server did not understand that".to_owned()),
            Err(why) => Err(why.to_owned()),
        }
    }
}

/// What a visitor filled in.
#[derive(Default)]
struct Form {
    name: String,
    password: String,
    again: String,
}

impl Form {
    fn parse(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (key, value) in form_urlencoded::parse(body) {
            match &*key {
                "name" => form.name = value.trim().to_owned(),
                "password" => form.password = value.into_owned(),
                "again" => form.again = value.into_owned(),
                _ => {}
            }
        }
        form
    }
}

/// The link to the page of an invitation, under a name by which others can reach it.
pub(crate) fn invitation_link(http: &Http, address: SocketAddr, code: &str) -> String {
    format!("{}/i/{code}", http.base(address))
}

/// Shows an invitation.
pub(super) async fn show(invitations: &Invitations, code: &str) -> Response {
    match invitations.find(code).await {
        Ok(invitation) => page(StatusCode::OK, &form_page(&invitation, "", "")),
        Err(response) => response,
    }
}

/// Creates an account for somebody who has filled in the form.
pub(super) async fn accept(
    invitations: &Invitations,
    code: &str,
    visit: &Visit,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response {
    let invitation = match invitations.find(code).await {
        Ok(invitation) => invitation,
        Err(response) => return response,
    };
    let form = Form::parse(body);
    let name = form.name.clone();
    match invitations.sign_up(&invitation, form, visit, headers).await {
        Ok(()) => page(StatusCode::OK, &welcome_page(&invitation, &name)),
        Err(why) => page(StatusCode::UNPROCESSABLE_ENTITY, &form_page(&invitation, &name, &why)),
    }
}

fn form_page(invitation: &InvitationSummary, name: &str, wrong: &str) -> (String, String) {
    let network = escaped(&invitation.network);
    let title = if invitation.makes_owner {
        format!("Set up {network}")
    } else {
        format!("You are invited to {network}")
    };
    let mut body = String::new();
    if invitation.makes_owner {
        body += "<p>Choose a name and a password. With them, you own this server: you can invite others, and look \
                 after all rooms and people.</p>";
    } else {
        let by = invitation.made_by.as_deref().map_or_else(|| "Whoever runs this server".to_owned(), escaped);
        let rooms: Vec<String> = invitation.channels.iter().map(|room| escaped(room)).collect();
        let to = if rooms.is_empty() { network } else { rooms.join(", ") };
        let _ = write!(body, "<p>{by} invites you to {to}. Choose a name and a password.</p>");
    }
    if !wrong.is_empty() {
        let _ = write!(body, "<p class=wrong role=alert>{}.</p>", escaped(wrong));
    }
    let least = invitation.accounts.password_chars_min;
    let (name, code) = (escaped(name), &invitation.code);
    let _ = write!(
        body,
        "<form method=post><label for=name>Name</label>\
         <input id=name name=name value=\"{name}\" autocomplete=username autocapitalize=none spellcheck=false \
         required autofocus><small>Others see it, and it is yours alone.</small>\
         <label for=password>Password</label>\
         <input id=password name=password type=password autocomplete=new-password minlength={least} required>\
         <small>At least {least} characters.</small>\
         <label for=again>The password once more</label>\
         <input id=again name=again type=password autocomplete=new-password required>\
         <button>Create my account</button></form>\
         <p><small>With an IRC client: connect with the server password <code>invite:{code}</code>, and then \
         send <code>REGISTER * * password</code>. If you have an account already, sign in and send \
         <code>INVITATION ACCEPT {code}</code>.</small></p>"
    );
    (title, body)
}

fn welcome_page(invitation: &InvitationSummary, name: &str) -> (String, String) {
    let name = escaped(name);
    let owner = if invitation.makes_owner { " You own this server." } else { "" };
    let body = format!(
        "<p>Your account is created.{owner} Sign in with this name and your password, in the app or in any IRC \
         client.</p><a class=button href=\"/\">Open the app</a>"
    );
    (format!("Welcome, {name}"), body)
}

fn cannot_be_used(why: &str) -> Response {
    let body = format!("<p>{}. Ask whoever gave you the link for a new one.</p>", escaped(why));
    page(StatusCode::NOT_FOUND, &("This invitation cannot be used".to_owned(), body))
}

fn try_later(why: &str) -> Response {
    let body = format!("<p>{}. Try again in a minute.</p>", escaped(why));
    page(StatusCode::SERVICE_UNAVAILABLE, &("That did not work".to_owned(), body))
}

/// A page with this title, which is also its heading, and these contents.
fn page(status: StatusCode, (title, body): &(String, String)) -> Response {
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width,initial-scale=1\"><meta name=robots content=noindex>\
         <title>{title}</title><style>{STYLE}</style><main><h1>{title}</h1>{body}</main></html>\n"
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// A text in HTML, also inside an attribute.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => html += "&amp;",
            '<' => html += "&lt;",
            '>' => html += "&gt;",
            '"' => html += "&quot;",
            '\'' => html += "&#39;",
            char => html.push(char),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_whatever_it_contains() {
        let form = Form::parse(b"name=+Zo%C3%AB+&password=a%26b+c&again=&other=x&%ff=%ff");
        assert_eq!((&*form.name, &*form.password, &*form.again), ("Zoë", "a&b c", ""));
        assert_eq!(Form::parse(b"\xff&&==&").name, "");
    }

    #[test]
    fn texts_of_others_are_texts() {
        assert_eq!(escaped("<b onclick='x'>\"&"), "&lt;b onclick=&#39;x&#39;&gt;&quot;&amp;");
    }
}
