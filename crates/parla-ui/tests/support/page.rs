//! A page without a browser: what the components draw, as a tree that can be searched, clicked and typed
//! into.
#![allow(dead_code, unreachable_pub, reason = "each test file uses another part, as if of a library")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod tree;

use std::{any::Any, collections::BTreeMap, rc::Rc};

use dioxus::{
    core::{DynamicNode, Event, ScopeId, generation},
    prelude::*,
};
use dioxus_html::{
    Code, Location, PlatformEventData, SerializedFormData, SerializedFormObject,
    SerializedHtmlEventConverter, SerializedKeyboardData, SerializedMouseData, SerializedScrollData,
};
use parla_client::view::Update;
use parla_ui::platform::Here;

use self::tree::{Drawn, Tree};
use super::Fake;

/// The components as they are drawn.
pub struct Page {
    /// The platform that they run on.
    pub fake: Rc<Fake>,
    dom: VirtualDom,
    tree: Tree,
}

impl Page {
    /// Draws a component that expects [`Here`] in its context.
    pub fn new(root: fn() -> Element, fake: &Rc<Fake>) -> Self {
        set_event_converter(Box::new(SerializedHtmlEventConverter));
        let here: Here = fake.here();
        let mut page = Self {
            fake: Rc::clone(fake),
            dom: VirtualDom::new(root).with_root_context(here),
            tree: Tree::default(),
        };
        page.dom.rebuild(&mut page.tree);
        page.settle();
        page
    }

    /// Runs everything that can run without waiting.
    pub fn settle(&mut self) {
        for _ in 0..50 {
            let idle = {
                let work = std::pin::pin!(self.dom.wait_for_work());
                futures_util::FutureExt::now_or_never(work).is_none()
            };
            self.dom.render_immediate(&mut self.tree);
            if idle {
                return;
            }
        }
        panic!("the components never come to rest");
    }

    /// Delivers a batch of updates from the networks.
    pub fn apply(&mut self, updates: Vec<Update>) {
        self.fake.updates_in.unbounded_send(updates).unwrap();
        self.settle();
    }

    /// The number of changes made to the page so far.
    pub fn edits(&self) -> usize {
        self.tree.edits
    }

    /// The names of the components that are redrawn while something is done, each as often as it is redrawn.
    pub fn drawn_during(&mut self, act: impl FnOnce(&mut Self)) -> Vec<&'static str> {
        let before = self.draws();
        act(self);
        let mut drawn = Vec::new();
        for (place, count) in self.draws() {
            let again = count - before.get(&place).copied().unwrap_or_default();
            let name = place.1.rsplit("::").next().unwrap_or_default();
            drawn.extend(std::iter::repeat_n(name, again));
        }
        drawn.sort_unstable();
        drawn
    }

    /// How often each component in the page was drawn.
    fn draws(&self) -> BTreeMap<(ScopeId, &'static str), usize> {
        let mut draws = BTreeMap::new();
        let mut left: Vec<&VNode> = vec![self.dom.base_scope().root_node()];
        while let Some(drawn) = left.pop() {
            for (index, node) in drawn.dynamic_nodes.iter().enumerate() {
                match node {
                    DynamicNode::Component(component) => {
                        let scope = component.mounted_scope(index, drawn, &self.dom).expect("it is mounted");
                        let count = self.dom.runtime().in_scope(scope.id(), generation);
                        draws.insert((scope.id(), component.name), count);
                        left.push(scope.root_node());
                    }
                    DynamicNode::Fragment(nodes) => left.extend(nodes),
                    DynamicNode::Text(_) | DynamicNode::Placeholder(_) => {}
                }
            }
        }
        draws
    }

    /// The page as HTML.
    pub fn html(&self) -> String {
        dioxus_ssr::render(&self.dom)
    }

    /// All elements that match a selector: `tag`, `#id`, `.class`, `[name]`, `[name=value]`, or several of
    /// them together; what follows a space is searched in the matches of what precedes it.
    pub fn all(&self, selector: &str) -> Vec<Node> {
        let steps: Vec<_> = selector.split(' ').rev().map(Selector::parse).collect();
        let (last, around) = steps.split_first().unwrap();
        let matches = |parts: &[Selector], node| parts.iter().all(|part| part.matches(self.tree.at(node)));
        let mut found = Vec::new();
        self.tree.walk(0, &mut |node| {
            let mut above = node;
            let is_within = around.iter().all(|parts| {
                while let Some(parent) = self.tree.at(above).parent {
                    above = parent;
                    if matches(parts, above) {
                        return true;
                    }
                }
                false
            });
            if is_within && matches(last, node) {
                found.push(node);
            }
        });
        found
    }

    /// The only element that matches.
    #[track_caller]
    pub fn one(&self, selector: &str) -> Node {
        let found = self.all(selector);
        assert_eq!(found.len(), 1, "{selector} in {}", self.html());
        found[0]
    }

    /// Whether any element matches.
    pub fn has(&self, selector: &str) -> bool {
        !self.all(selector).is_empty()
    }

    /// The text in an element, as one line.
    pub fn text_of(&self, node: Node) -> String {
        let mut text = String::new();
        self.tree.text(node, &mut text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The text in the only element that matches.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        self.text_of(self.one(selector))
    }

    /// The value of an attribute.
    pub fn attribute(&self, node: Node, name: &str) -> Option<String> {
        self.tree.at(node).attributes.get(name).cloned()
    }

    /// The button with this text or label.
    #[track_caller]
    pub fn button(&self, words: &str) -> Node {
        let found: Vec<Node> = self
            .all("button")
            .into_iter()
            .filter(|node| {
                self.text_of(*node) == words || self.attribute(*node, "aria-label").as_deref() == Some(words)
            })
            .collect();
        assert_eq!(found.len(), 1, "button {words:?} in {}", self.html());
        found[0]
    }

    /// Clicks the button with this text.
    #[track_caller]
    pub fn press(&mut self, words: &str) {
        let button = self.button(words);
        self.click(button);
    }

    /// Clicks an element. A submit button submits its form.
    #[track_caller]
    pub fn click(&mut self, node: Node) {
        self.fire(node, "click", Rc::new(PlatformEventData::new(Box::<SerializedMouseData>::default())));
        let submits = self.tree.at(node).attributes.get("type").is_some_and(|kind| kind == "submit");
        if submits && let Some(form) = self.tree.ancestor(node, "form") {
            self.submit(form);
        }
    }

    /// Types a value into a field.
    #[track_caller]
    pub fn write(&mut self, selector: &str, value: &str) {
        let node = self.one(selector);
        self.tree.nodes[node].written = Some(value.to_owned());
        let data = SerializedFormData::new(value.to_owned(), Vec::new());
        self.fire(node, "input", Rc::new(PlatformEventData::new(Box::new(data))));
    }

    /// Selects one of the options of a field.
    #[track_caller]
    pub fn choose(&mut self, selector: &str, value: &str) {
        let node = self.one(selector);
        let data = SerializedFormData::new(value.to_owned(), Vec::new());
        self.fire(node, "change", Rc::new(PlatformEventData::new(Box::new(data))));
    }

    /// Submits a form with the values of its fields, like Enter in one of them.
    #[track_caller]
    pub fn submit(&mut self, form: Node) {
        let mut written = Vec::new();
        self.tree.walk(form, &mut |node| {
            let field = self.tree.at(node);
            let attribute = |name: &str| field.attributes.get(name).cloned();
            let Some(name) = attribute("name") else { return };
            let ticked = || match attribute("type").as_deref() {
                Some("checkbox") => {
                    attribute("initial_checked").filter(|it| it == "true").map(|_| "on".to_owned())
                }
                _ => attribute("initial_value"),
            };
            written.extend(field.written.clone().or_else(ticked).map(|text| (name, text)));
        });
        let written: Vec<_> = written.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        self.submit_with(form, &written);
    }

    /// Submits a form with these values in its fields, by their names.
    #[track_caller]
    pub fn submit_with(&mut self, form: Node, written: &[(&str, &str)]) {
        let values = written.iter().map(|(name, text)| SerializedFormObject {
            key: (*name).to_owned(),
            text: Some((*text).to_owned()),
            file: None,
        });
        let data = SerializedFormData::new(String::new(), values.collect());
        self.fire(form, "submit", Rc::new(PlatformEventData::new(Box::new(data))));
    }

    /// Presses Enter in a field, which submits the form around it.
    #[track_caller]
    pub fn enter(&mut self, selector: &str) {
        let field = self.one(selector);
        let form = self.tree.ancestor(field, "form").expect("a form around the field");
        self.submit(form);
    }

    /// Presses a key in an element.
    #[track_caller]
    pub fn key(&mut self, selector: &str, key: Key, modifiers: Modifiers) {
        let node = self.one(selector);
        let code = match &key {
            Key::Character(letter) if letter.eq_ignore_ascii_case("a") => Code::KeyA,
            _ => Code::Unidentified,
        };
        let data = SerializedKeyboardData::new(key, code, Location::Standard, false, modifiers, false);
        self.fire(node, "keydown", Rc::new(PlatformEventData::new(Box::new(data))));
    }

    /// Scrolls an element.
    #[track_caller]
    pub fn scroll(&mut self, selector: &str, top: f64, client_height: i32) {
        let node = self.one(selector);
        let data = SerializedScrollData {
            scroll_top: top,
            scroll_left: 0.0,
            scroll_width: 300,
            scroll_height: 100_000,
            client_width: 300,
            client_height,
        };
        self.fire(node, "scroll", Rc::new(PlatformEventData::new(Box::new(data))));
    }

    /// Fires an event at the nearest enclosing element that listens.
    #[track_caller]
    pub fn fire(&mut self, node: Node, name: &str, data: Rc<dyn Any>) {
        let mut at = Some(node);
        while let Some(node) = at {
            let element = self.tree.at(node);
            if let (true, Some(id)) = (element.listeners.contains(&name), element.id) {
                let event: Event<dyn Any> = Event::new(data, true);
                self.dom.runtime().handle_event(name, event, id);
                self.settle();
                return;
            }
            at = element.parent;
        }
    }
}

/// An element of the page.
pub type Node = usize;

enum Selector {
    Tag(String),
    Attribute(String, Option<String>),
    Class(String),
}

impl Selector {
    fn parse(selector: &str) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut rest = selector;
        while let Some(first) = rest.chars().next() {
            if first == '[' {
                let end = rest.find(']').expect("a closed bracket");
                let inside = &rest[1..end];
                let (name, value) = match inside.split_once('=') {
                    Some((name, value)) => (name, Some(value.trim_matches('"').to_owned())),
                    None => (inside, None),
                };
                parts.push(Self::Attribute(name.to_owned(), value));
                rest = &rest[end + 1..];
                continue;
            }
            let skip = usize::from(matches!(first, '#' | '.'));
            let end = rest[skip..].find(['#', '.', '[']).map_or(rest.len(), |at| at + skip);
            let word = rest[skip..end].to_owned();
            parts.push(match first {
                '#' => Self::Attribute("id".to_owned(), Some(word)),
                '.' => Self::Class(word),
                _ => Self::Tag(word),
            });
            rest = &rest[end..];
        }
        parts
    }

    fn matches(&self, element: &Drawn) -> bool {
        match self {
            Self::Tag(tag) => element.tag == *tag,
            Self::Attribute(name, None) => element.attributes.contains_key(name),
            Self::Attribute(name, Some(value)) => element.attributes.get(name) == Some(value),
            Self::Class(class) => element
                .attributes
                .get("class")
                .is_some_and(|classes| classes.split_whitespace().any(|one| one == class)),
        }
    }
}
