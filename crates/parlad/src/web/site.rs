//! What is served on one address.

use std::{net::IpAddr, sync::Arc};

use super::{
    embedded,
    invitation::Invitations,
    origin::SiteNames,
    response, routes,
    routes::App,
    serve::{Served, serve},
    slots::Slots,
};
use crate::{
    config::Origin,
    health::Health,
    net::{
        acceptor::Service,
        admission::{Purpose, Refused},
        intake::{Accepted, Intake},
        opening::Opening,
    },
};

/// What the sites of a server share.
#[derive(Clone, Debug)]
pub(crate) struct SiteParts {
    pub(crate) intake: Arc<Intake>,
    pub(crate) slots: Arc<Slots>,
    pub(crate) health: Arc<Health>,
    pub(crate) invitations: Arc<Invitations>,
}

/// Either the app with IRC beside it, or IRC only.
#[derive(Debug)]
pub(crate) struct Site(Arc<Served>);

impl Site {
    /// The app, with IRC beside it.
    pub(crate) fn app(parts: SiteParts, server_name: &str, origins: Vec<Origin>) -> Self {
        let SiteParts { intake, slots, health, invitations } = parts;
        let names = SiteNames::new(server_name, origins);
        let router = routes::app(App { names, assets: embedded::EMBEDDED, health, invitations });
        Self(Arc::new(Served { intake, slots, router }))
    }

    /// IRC only. Pages from these origins may connect; if the list is empty, pages from anywhere may.
    pub(crate) fn web_socket(parts: SiteParts, origins: Vec<Origin>) -> Self {
        let SiteParts { intake, slots, health: _, invitations: _ } = parts;
        Self(Arc::new(Served { intake, slots, router: routes::web_socket(origins) }))
    }
}

impl Service for Site {
    const PURPOSE: Purpose = Purpose::Http;

    fn intake(&self) -> &Intake {
        &self.0.intake
    }

    fn refusal(&self, _: IpAddr, refused: &Refused) -> String {
        response::refusal(refused)
    }

    fn needs_tls(&self, opening: Opening) -> &'static str {
        if opening == Opening::Http { response::NEEDS_TLS } else { "" }
    }

    async fn serve(self: Arc<Self>, accepted: Accepted) {
        tokio::spawn(serve(accepted, Arc::clone(&self.0)));
    }
}
