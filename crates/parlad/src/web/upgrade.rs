//! From HTTP to IRC over WebSocket. RFC 6455, section 4.2, and
//! <https://ircv3.net/specs/extensions/websocket>.

use axum::{
    body::Body,
    http::{
        Method, Request, StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
};
use tungstenite::handshake::server::create_response_with_body;

use super::response::{self, Response};
use crate::net::framing::Framing;

/// The subprotocols and their framings.
const SUBPROTOCOLS: [(&str, Framing); 2] =
    [("text.ircv3.net", Framing::Text), ("binary.ircv3.net", Framing::Binary)];

/// The framing that a WebSocket request asks for, and the response to it.
///
/// # Errors
/// It is not a valid WebSocket request; the error is the response to it.
pub(super) fn agree<B>(request: &Request<B>) -> Result<(Framing, Response), Box<Response>> {
    if *request.method() != Method::GET {
        return Err(Box::new(response::method_not_allowed("GET")));
    }
    let response = create_response_with_body(request, Body::empty);
    let mut response = response.map_err(|error| Box::new(no_web_socket(request.headers(), &error)))?;
    let subprotocol = subprotocol(request.headers());
    if let Some((name, _)) = subprotocol {
        response.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(name));
    }
    Ok((subprotocol.map_or(Framing::Text, |(_, framing)| framing), response))
}

/// The first of the client's subprotocols that we know. Clients that offer none get text messages.
fn subprotocol(headers: &HeaderMap) -> Option<(&'static str, Framing)> {
    let lists =
        headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).into_iter().filter_map(|list| list.to_str().ok());
    let mut named = lists.flat_map(|list| list.split(',')).map(str::trim);
    named.find_map(|name| SUBPROTOCOLS.into_iter().find(|(known, _)| *known == name))
}

fn no_web_socket(headers: &HeaderMap, error: &tungstenite::Error) -> Response {
    if headers.contains_key(header::UPGRADE) {
        return response::text(StatusCode::BAD_REQUEST, &format!("This is no WebSocket: {error}\n"));
    }
    let mut response = response::text(
        StatusCode::UPGRADE_REQUIRED,
        "This is IRC over WebSocket; a browser alone cannot show it.\n",
    );
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lists: &[&str], chosen: Option<Framing>) {
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(header::SEC_WEBSOCKET_PROTOCOL, list.parse().unwrap());
        }
        assert_eq!(subprotocol(&headers).map(|(_, framing)| framing), chosen);
    }

    #[test]
    fn the_first_that_both_know() {
        check(&["text.ircv3.net"], Some(Framing::Text));
        check(&["binary.ircv3.net, text.ircv3.net"], Some(Framing::Binary));
        check(&["chat", " text.ircv3.net,binary.ircv3.net"], Some(Framing::Text));
        check(&["chat, text"], None);
        check(&[], None);
    }
}
