//! The basis of the interface's tests: a platform that records what it is asked for, and a page without a
//! browser.
#![allow(dead_code, unreachable_pub, reason = "each test file uses another part, as if of a library")]

pub mod memos;
pub mod page;
pub mod sample;
pub mod talk;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    rc::Rc,
};

use futures_channel::{
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded},
    oneshot,
};
use parla_client::{Intent, view::Update};
use parla_proto::Timestamp;
use parla_ui::{
    platform::{AppCommand, Here, Leave, Notification, PageAct, Platform, PlatformEvent, ShellKind, Start},
    visits::{HistoryAct, Visits},
    words::{Language, Words},
};

/// A platform that does nothing but record what it was asked to do.
pub struct Fake {
    /// The shell that it claims to be.
    pub shell: ShellKind,
    /// Whether networks are remembered.
    pub returning: Cell<bool>,
    /// The commands that were sent.
    pub commands: RefCell<Vec<AppCommand>>,
    /// The actions on the page.
    pub acts: RefCell<Vec<PageAct>>,
    /// What was saved, or can be loaded.
    pub saved: RefCell<BTreeMap<String, String>>,
    /// The time that it reports.
    pub now: Cell<Timestamp>,
    /// The person's time zone, in seconds east of UTC.
    pub offset_seconds: Cell<i32>,
    /// The links that were opened.
    pub opened: RefCell<Vec<String>>,
    /// The notifications that were shown.
    pub notified: RefCell<Vec<Notification>>,
    /// The tags of the notifications that were withdrawn.
    pub withdrawn: RefCell<Vec<String>>,
    /// Whether notifications may be shown.
    pub leave: Cell<Leave>,
    /// How often the person was asked for permission.
    pub asked_leave: Cell<usize>,
    /// The address at which it starts.
    pub start: RefCell<Start>,
    /// The history, as a window keeps it.
    pub visits: RefCell<Visits>,
    /// The changes of the history.
    pub history: RefCell<Vec<HistoryAct>>,
    /// Events from outside the components are sent here.
    pub events_in: UnboundedSender<PlatformEvent>,
    events_out: RefCell<Option<UnboundedReceiver<PlatformEvent>>>,
    /// The title that was last set.
    pub title: RefCell<String>,
    /// The languages that the person reads.
    pub languages: RefCell<Vec<String>>,
    /// The result of loading a language: available, not available, or not known yet.
    pub loads: Cell<Option<bool>>,
    /// The language that was last announced.
    pub speaks: RefCell<Option<Language>>,
    /// The pending sleeps: how long each is, and what ends it.
    pub sleepers: RefCell<Vec<(u32, oneshot::Sender<()>)>>,
    /// Batches of updates are sent here.
    pub updates_in: UnboundedSender<Vec<Update>>,
    updates_out: RefCell<Option<UnboundedReceiver<Vec<Update>>>>,
}

impl Fake {
    /// A platform on which nobody has been before.
    pub fn new(shell: ShellKind) -> Rc<Self> {
        let (updates_in, updates_out) = unbounded();
        let (events_in, events_out) = unbounded();
        Rc::new(Self {
            shell,
            returning: Cell::new(false),
            commands: RefCell::default(),
            acts: RefCell::default(),
            saved: RefCell::default(),
            now: Cell::new(Timestamp::from_millis(1_700_000_000_000)),
            offset_seconds: Cell::new(0),
            opened: RefCell::default(),
            notified: RefCell::default(),
            withdrawn: RefCell::default(),
            leave: Cell::new(Leave::Given),
            asked_leave: Cell::default(),
            start: RefCell::new(Start::Anywhere),
            visits: RefCell::default(),
            history: RefCell::default(),
            events_in,
            events_out: RefCell::new(Some(events_out)),
            title: RefCell::default(),
            languages: RefCell::default(),
            loads: Cell::new(Some(true)),
            speaks: RefCell::default(),
            sleepers: RefCell::default(),
            updates_in,
            updates_out: RefCell::new(Some(updates_out)),
        })
    }

    /// The context that the components expect.
    pub fn here(self: &Rc<Self>) -> Here {
        Here(Rc::clone(self) as Rc<dyn Platform>)
    }

    /// The commands since the last call.
    pub fn take_commands(&self) -> Vec<AppCommand> {
        self.commands.take()
    }

    /// The intents among the commands since the last call.
    pub fn take_intents(&self) -> Vec<Intent> {
        let commands = self.commands.take();
        commands
            .into_iter()
            .filter_map(|command| match command {
                AppCommand::Intent(_, intent) => Some(intent),
                AppCommand::Connect { .. }
                | AppCommand::Change(..)
                | AppCommand::Forget(_)
                | AppCommand::Save { .. } => None,
            })
            .collect()
    }

    /// The actions on the page since the last call.
    pub fn take_acts(&self) -> Vec<PageAct> {
        self.acts.take()
    }

    /// Ends all pending sleeps.
    pub fn wake(&self) {
        for (_, waker) in self.sleepers.take() {
            let _ = waker.send(());
        }
    }
}

impl Platform for Fake {
    fn shell_kind(&self) -> ShellKind {
        self.shell
    }
    fn is_returning(&self) -> bool {
        self.returning.get()
    }
    fn command(&self, command: AppCommand) {
        self.commands.borrow_mut().push(command);
    }
    fn updates(&self) -> Option<UnboundedReceiver<Vec<Update>>> {
        self.updates_out.take()
    }
    fn load(&self, key: &str) -> Option<String> {
        self.saved.borrow().get(key).cloned()
    }
    fn save(&self, key: &str, value: Option<&str>) {
        match value {
            Some(value) => self.saved.borrow_mut().insert(key.to_owned(), value.to_owned()),
            None => self.saved.borrow_mut().remove(key),
        };
    }
    fn now(&self) -> Timestamp {
        self.now.get()
    }
    fn utc_offset_seconds(&self, _at: Timestamp) -> i32 {
        self.offset_seconds.get()
    }
    fn open_link(&self, href: &str) {
        self.opened.borrow_mut().push(href.to_owned());
    }
    fn notify(&self, notification: &Notification) {
        self.notified.borrow_mut().push(notification.clone());
    }
    fn withdraw(&self, tag: &str) {
        self.withdrawn.borrow_mut().push(tag.to_owned());
    }
    fn leave_to_notify(&self) -> Leave {
        self.leave.get()
    }
    fn ask_leave_to_notify(&self) {
        self.asked_leave.set(self.asked_leave.get() + 1);
    }
    fn start(&self) -> Start {
        self.start.borrow().clone()
    }
    fn page_address(&self) -> Option<String> {
        (self.shell == ShellKind::Browser).then(|| "https://chat.example.org/".to_owned())
    }
    fn history(&self, act: HistoryAct) {
        self.history.borrow_mut().push(act.clone());
        if let Some(arrival) = self.visits.borrow_mut().act(act) {
            let _ = self.events_in.unbounded_send(PlatformEvent::Arrived(arrival));
        }
    }
    fn events(&self) -> Option<UnboundedReceiver<PlatformEvent>> {
        self.events_out.take()
    }
    fn page(&self, act: PageAct) {
        self.acts.borrow_mut().push(act);
    }
    fn languages(&self) -> Vec<String> {
        self.languages.borrow().clone()
    }
    fn load_words(&self, language: Language) -> Pin<Box<dyn Future<Output = Option<Words>>>> {
        match self.loads.get() {
            Some(is_there) => Box::pin(std::future::ready(is_there.then(|| Words::embedded(language)))),
            None => {
                let sleep = self.sleep(0);
                Box::pin(async move {
                    sleep.await;
                    Some(Words::embedded(language))
                })
            }
        }
    }
    fn speak(&self, words: Words) {
        self.speaks.replace(Some(words.language()));
    }
    fn set_title(&self, title: &str) {
        title.clone_into(&mut self.title.borrow_mut());
    }
    fn sleep(&self, millis: u32) -> Pin<Box<dyn Future<Output = ()>>> {
        let (waker, sleep) = oneshot::channel();
        self.sleepers.borrow_mut().push((millis, waker));
        Box::pin(async move {
            let _ = sleep.await;
        })
    }
}
