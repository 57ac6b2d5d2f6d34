//! The service on a port for IRC lines.

use std::{net::IpAddr, sync::Arc};

use crate::net::{
    acceptor::Service,
    admission::{Purpose, Refused},
    framing::Reader,
    intake::{Accepted, Intake},
    opening::Opening,
};

/// IRC lines that end with CR LF.
#[derive(Debug)]
pub(crate) struct Lines(pub(crate) Arc<Intake>);

impl Service for Lines {
    const PURPOSE: Purpose = Purpose::Irc;

    fn intake(&self) -> &Intake {
        &self.0
    }

    fn refusal(&self, address: IpAddr, refused: &Refused) -> String {
        format!("ERROR :Closing link: {address} ({refused})\r\n")
    }

    fn needs_tls(&self, opening: Opening) -> &'static str {
        // A web page may have caused an HTTP request.
        if opening == Opening::Other { "ERROR :Closing link: (This port needs TLS)\r\n" } else { "" }
    }

    async fn serve(self: Arc<Self>, accepted: Accepted) {
        self.0.open(accepted, Reader::lines()).await;
    }
}
