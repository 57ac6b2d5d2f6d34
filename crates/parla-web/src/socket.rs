//! One WebSocket, as a sequence of events.
//!
//! <https://ircv3.net/specs/extensions/websocket>: one message is one line, without its line break.

use std::{cell::Cell, rc::Rc};

use futures_channel::mpsc::UnboundedSender;
use parla_client::{Problem, ProblemKind};
use parla_engine::{Connection, Signal, problem};
use parla_proto::limits::SERVER_LINE_BYTES_MAX;
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use crate::tab::TabEvent;

/// A connection. Dropping it closes it, and no more events follow.
pub(crate) struct Socket {
    socket: WebSocket,
    number: u64,
    _handlers: [Closure<dyn FnMut(JsValue)>; 3],
}

/// The most bytes that may wait in the browser; if there are more, the connection is dead or the server does
/// not read.
const WAITING_BYTES_MAX: u32 = 4 << 20;

impl Socket {
    /// Begins to connect.
    pub(crate) fn open(url: &str, number: u64, events: &UnboundedSender<TabEvent>) -> Result<Self, JsValue> {
        let socket = WebSocket::new_with_str(url, "text.ircv3.net")?;
        let tell = |events: &UnboundedSender<TabEvent>| {
            let events = events.clone();
            move |signal| drop(events.unbounded_send(TabEvent::Socket(number, signal)))
        };
        let opened = tell(events);
        let was_open = Rc::new(Cell::new(false));
        let opens = Rc::clone(&was_open);
        let on_open = Closure::<dyn FnMut(JsValue)>::new(move |_| {
            opens.set(true);
            opened(Signal::Opened);
        });
        let heard = tell(events);
        let on_message = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            // Binary frames are not for us, because the text protocol was agreed on.
            let Some(line) = event.unchecked_into::<MessageEvent>().data().as_string() else { return };
            heard(if line.len() > SERVER_LINE_BYTES_MAX { Signal::LineTooLong } else { Signal::Line(line) });
        });
        let closed = tell(events);
        let on_close = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let broken = if was_open.get() { ProblemKind::Lost } else { ProblemKind::Unreachable };
            closed(Signal::Closed(why(&event.unchecked_into(), broken)));
        });
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Ok(Self { socket, number, _handlers: [on_open, on_message, on_close] })
    }
}

impl Connection for Socket {
    fn number(&self) -> u64 {
        self.number
    }

    fn send(&mut self, line: Vec<u8>) -> Result<(), Problem> {
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\r', '\n']);
        let is_sent =
            self.socket.buffered_amount() <= WAITING_BYTES_MAX && self.socket.send_with_str(line).is_ok();
        let lost = || problem(ProblemKind::Lost, "the browser does not send any more");
        is_sent.then_some(()).ok_or_else(lost)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // What was sent goes out before the browser closes the socket; closing a closed one does no harm.
        drop(self.socket.close());
    }
}

/// Why the connection ended, according to the browser. It says little, so that pages cannot explore the
/// person's network.
fn why(event: &CloseEvent, broken: ProblemKind) -> Problem {
    /// The server is stopping or restarting.
    const AWAY: u16 = 1001;
    const RESTART: u16 = 1012;
    /// There was no closing handshake: the connection broke or was never made.
    const ABNORMAL: u16 = 1006;
    let kind = match event.code() {
        ABNORMAL => broken,
        AWAY | RESTART => ProblemKind::ServerStopping,
        _ => ProblemKind::ServerClosed,
    };
    problem(kind, &format!("{} {}", event.code(), event.reason()))
}
