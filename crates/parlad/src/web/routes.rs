//! The table of everything that is served: each path, and what answers there.

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::to_bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    middleware::{self, Next},
    routing::{any, get},
};

use super::{
    assets,
    embedded::Asset,
    invitation::{self, FORM_BYTES_MAX, Invitations},
    origin::{self, Refusal, SiteNames},
    response::{self, Response},
    upgrade,
    visit::Visit,
};
use crate::{
    config::{Host, Origin},
    health::Health,
};

/// What the routes of the app know.
#[derive(Debug)]
pub(super) struct App {
    pub(super) names: SiteNames,
    pub(super) assets: &'static [Asset],
    pub(super) health: Arc<Health>,
    pub(super) invitations: Arc<Invitations>,
}

/// The app, with IRC beside it, for clients that use one of the server's names.
pub(super) fn app(app: App) -> Router {
    let app = Arc::new(app);
    Router::new()
        .route("/irc", any(irc))
        .route("/health", get(health))
        .route(invitation::ROUTE, get(show_invitation).post(accept_invitation))
        .fallback(asset)
        .method_not_allowed_fallback(only_read)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), under_our_name))
        .with_state(app)
}

/// IRC only, on any path.
pub(super) fn web_socket(origins: Vec<Origin>) -> Router {
    Router::new().fallback(irc_from).with_state(Arc::from(origins))
}

/// Answers requests for one of this server's names, and refuses all others.
async fn under_our_name(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let host = app.names.check_host(request.headers())?;
    request.extensions_mut().insert(host);
    Ok(next.run(request).await)
}

async fn irc(
    State(app): State<Arc<App>>,
    Extension(host): Extension<Host>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Result<Response, Refusal> {
    app.names.check_origin(&host, request.headers())?;
    Ok(become_irc(&visit, &request))
}

async fn irc_from(
    State(origins): State<Arc<[Origin]>>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Result<Response, Refusal> {
    origin::check(&origins, request.headers())?;
    Ok(become_irc(&visit, &request))
}

fn become_irc(visit: &Visit, request: &Request) -> Response {
    match upgrade::agree(request) {
        Ok((framing, response)) => {
            visit.agree(framing, request.headers());
            response
        }
        Err(response) => *response,
    }
}

async fn show_invitation(State(app): State<Arc<App>>, Path(code): Path<String>) -> Response {
    invitation::show(&app.invitations, &code).await
}

async fn accept_invitation(
    State(app): State<Arc<App>>,
    Extension(host): Extension<Host>,
    Extension(visit): Extension<Visit>,
    Path(code): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let (head, body) = request.into_parts();
    app.names.check_origin(&host, &head.headers)?;
    match to_bytes(body, FORM_BYTES_MAX).await {
        Ok(form) => Ok(invitation::accept(&app.invitations, &code, &visit, &head.headers, &form).await),
        Err(_) => Ok(response::text(StatusCode::PAYLOAD_TOO_LARGE, "The form is too long.\n")),
    }
}

async fn health(State(app): State<Arc<App>>) -> Response {
    response::health(&app.health.problems())
}

async fn asset(State(app): State<Arc<App>>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return only_read().await;
    }
    assets::answer(app.assets, uri.path(), &headers)
}

async fn only_read() -> Response {
    response::method_not_allowed("GET, HEAD")
}
