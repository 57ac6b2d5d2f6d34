//! What the components drew: elements with attributes, listeners and children, built from the edits of
//! Dioxus.

use std::collections::BTreeMap;

use dioxus::core::{AttributeValue, ElementId, Template, TemplateAttribute, TemplateNode, WriteMutations};

use super::Node;

/// An element, a text (whose tag is empty) or a placeholder (`!`).
#[derive(Default, Clone)]
pub(super) struct Drawn {
    pub(super) tag: String,
    pub(super) text: String,
    pub(super) id: Option<ElementId>,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) listeners: Vec<&'static str>,
    pub(super) children: Vec<Node>,
    pub(super) parent: Option<Node>,
    /// The value that was typed into a field.
    pub(super) written: Option<String>,
}

pub(super) struct Tree {
    pub(super) nodes: Vec<Drawn>,
    pub(super) ids: BTreeMap<usize, Node>,
    pub(super) stack: Vec<Node>,
    pub(super) edits: usize,
}

impl Default for Tree {
    fn default() -> Self {
        let root = Drawn { tag: "root".into(), ..Drawn::default() };
        Self { nodes: vec![root], ids: BTreeMap::from([(0, 0)]), stack: vec![0], edits: 0 }
    }
}

impl Tree {
    pub(super) fn at(&self, node: Node) -> &Drawn {
        &self.nodes[node]
    }

    pub(super) fn walk(&self, node: Node, visit: &mut dyn FnMut(Node)) {
        visit(node);
        for child in &self.nodes[node].children {
            self.walk(*child, visit);
        }
    }

    pub(super) fn text(&self, node: Node, text: &mut String) {
        text.push_str(&self.nodes[node].text);
        for child in &self.nodes[node].children {
            self.text(*child, text);
        }
    }

    pub(super) fn ancestor(&self, node: Node, tag: &str) -> Option<Node> {
        std::iter::successors(Some(node), |node| self.nodes[*node].parent)
            .find(|node| self.nodes[*node].tag == tag)
    }

    pub(super) fn add(&mut self, node: Drawn) -> Node {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    pub(super) fn name(&mut self, node: Node, id: ElementId) {
        self.nodes[node].id = Some(id);
        self.ids.insert(id.0, node);
    }

    pub(super) fn build(&mut self, template: &TemplateNode) -> Node {
        match template {
            TemplateNode::Element { tag, attrs, children, .. } => {
                let mut drawn = Drawn { tag: (*tag).to_owned(), ..Drawn::default() };
                for attribute in *attrs {
                    if let TemplateAttribute::Static { name, value, .. } = attribute {
                        drawn.attributes.insert((*name).to_owned(), (*value).to_owned());
                    }
                }
                let node = self.add(drawn);
                for child in *children {
                    let child = self.build(child);
                    self.nodes[child].parent = Some(node);
                    self.nodes[node].children.push(child);
                }
                node
            }
            TemplateNode::Text { text } => self.add(Drawn { text: (*text).to_owned(), ..Drawn::default() }),
            TemplateNode::Dynamic { .. } => self.add(Drawn { tag: "!".into(), ..Drawn::default() }),
        }
    }

    pub(super) fn by_path(&self, path: &[u8]) -> Node {
        let top = *self.stack.last().unwrap();
        path.iter().fold(top, |node, step| self.nodes[node].children[usize::from(*step)])
    }

    pub(super) fn popped(&mut self, m: usize) -> Vec<Node> {
        let at = self.stack.len() - m;
        self.stack.split_off(at)
    }

    /// Replaces `node` by other nodes, or puts them beside it.
    fn splice(&mut self, node: Node, with: &[Node], place: Beside) {
        let parent = self.nodes[node].parent.expect("a parent");
        for child in with {
            self.detach(*child);
            self.nodes[*child].parent = Some(parent);
        }
        let at = self.nodes[parent].children.iter().position(|child| *child == node).unwrap();
        let range = match place {
            Beside::Instead => at..at + 1,
            Beside::Before => at..at,
            Beside::After => at + 1..at + 1,
        };
        self.nodes[parent].children.splice(range, with.iter().copied());
        if matches!(place, Beside::Instead) {
            self.nodes[node].parent = None;
        }
    }

    pub(super) fn detach(&mut self, node: Node) {
        if let Some(parent) = self.nodes[node].parent.take() {
            self.nodes[parent].children.retain(|child| *child != node);
        }
    }
}

#[derive(Clone, Copy)]
enum Beside {
    Instead,
    Before,
    After,
}

impl WriteMutations for Tree {
    fn append_children(&mut self, id: ElementId, m: usize) {
        self.edits += 1;
        let parent = self.ids[&id.0];
        for child in self.popped(m) {
            self.detach(child);
            self.nodes[child].parent = Some(parent);
            self.nodes[parent].children.push(child);
        }
    }
    fn assign_node_id(&mut self, path: &'static [u8], id: ElementId) {
        self.edits += 1;
        let node = self.by_path(path);
        self.name(node, id);
    }
    fn create_placeholder(&mut self, id: ElementId) {
        self.edits += 1;
        let node = self.add(Drawn { tag: "!".into(), ..Drawn::default() });
        self.name(node, id);
        self.stack.push(node);
    }
    fn create_text_node(&mut self, value: &str, id: ElementId) {
        self.edits += 1;
        let node = self.add(Drawn { text: value.to_owned(), ..Drawn::default() });
        self.name(node, id);
        self.stack.push(node);
    }
    fn load_template(&mut self, template: Template, index: usize, id: ElementId) {
        self.edits += 1;
        let node = self.build(&template.roots[index]);
        self.name(node, id);
        self.stack.push(node);
    }
    fn replace_node_with(&mut self, id: ElementId, m: usize) {
        self.edits += 1;
        let with = self.popped(m);
        self.splice(self.ids[&id.0], &with, Beside::Instead);
    }
    fn replace_placeholder_with_nodes(&mut self, path: &'static [u8], m: usize) {
        self.edits += 1;
        let with = self.popped(m);
        let node = self.by_path(path);
        self.splice(node, &with, Beside::Instead);
    }
    fn insert_nodes_after(&mut self, id: ElementId, m: usize) {
        self.edits += 1;
        let with = self.popped(m);
        self.splice(self.ids[&id.0], &with, Beside::After);
    }
    fn insert_nodes_before(&mut self, id: ElementId, m: usize) {
        self.edits += 1;
        let with = self.popped(m);
        self.splice(self.ids[&id.0], &with, Beside::Before);
    }
    fn set_attribute(
        &mut self,
        name: &'static str,
        _: Option<&'static str>,
        value: &AttributeValue,
        id: ElementId,
    ) {
        self.edits += 1;
        let node = self.ids[&id.0];
        let value = match value {
            AttributeValue::Text(text) => Some(text.clone()),
            AttributeValue::Float(number) => Some(number.to_string()),
            AttributeValue::Int(number) => Some(number.to_string()),
            AttributeValue::Bool(truth) => Some(truth.to_string()),
            _ => None,
        };
        match value {
            Some(value) => self.nodes[node].attributes.insert(name.to_owned(), value),
            None => self.nodes[node].attributes.remove(name),
        };
    }
    fn set_node_text(&mut self, value: &str, id: ElementId) {
        self.edits += 1;
        let node = self.ids[&id.0];
        value.clone_into(&mut self.nodes[node].text);
    }
    fn create_event_listener(&mut self, name: &'static str, id: ElementId) {
        self.edits += 1;
        let node = self.ids[&id.0];
        self.nodes[node].listeners.push(name);
    }
    fn remove_event_listener(&mut self, name: &'static str, id: ElementId) {
        self.edits += 1;
        let node = self.ids[&id.0];
        self.nodes[node].listeners.retain(|one| *one != name);
    }
    fn remove_node(&mut self, id: ElementId) {
        self.edits += 1;
        self.detach(self.ids[&id.0]);
    }
    fn push_root(&mut self, id: ElementId) {
        self.edits += 1;
        let node = self.ids[&id.0];
        self.stack.push(node);
    }
}
