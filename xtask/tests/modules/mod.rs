//! The modules of a crate and which of them use which, as its source says.
//!
//! Reads tokens, not types: every `use`, and every path that begins with `crate`, `super` or `self`, even
//! inside macros. Code that is compiled only for tests (`#[cfg(test)]`) is ignored, because a test may set up
//! whatever it needs.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt, fs,
    path::{Path, PathBuf},
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A module by its path in the crate; that of the crate's root is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Module(Vec<String>);

/// A use of one module by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arrow {
    pub(crate) from: Module,
    pub(crate) to: Module,
    /// The place as `file:line`, as the compiler writes it.
    pub(crate) place: String,
}

/// The modules of one crate.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    all: BTreeSet<Module>,
    pub(crate) arrows: Vec<Arrow>,
}

impl Module {
    /// The module of a file, by its path below `src`.
    fn of_file(path: &Path) -> Self {
        let stem = path.with_extension("");
        let mut names: Vec<String> = stem.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        if names.last().is_some_and(|name| ["lib", "main", "mod"].contains(&name.as_str())) {
            names.pop();
        }
        Self(names)
    }

    /// The module directly below the root that contains this one or is this one.
    pub(crate) fn top(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    fn child(&self, name: &str) -> Self {
        Self(self.0.iter().cloned().chain([name.to_owned()]).collect())
    }

    fn parent(&self) -> Self {
        Self(self.0.split_last().map(|(_, above)| above.to_vec()).unwrap_or_default())
    }

    /// The child of this module that contains `other` or is it.
    fn child_towards(&self, other: &Self) -> Option<Self> {
        other.0.strip_prefix(self.0.as_slice())?.first().map(|name| self.child(name))
    }
}

impl fmt::Display for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() {
            "the crate's root"
        } else {
            return f.write_str(&self.0.join("::"));
        })
    }
}

impl Modules {
    /// Reads the source of a crate; `folder` is put before the names of files in places.
    pub(crate) fn read(src: &Path, folder: &str) -> Self {
        let mut files = Vec::new();
        let mut open = vec![src.to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = fs::read_to_string(&path).unwrap();
                    files.push((path.strip_prefix(src).unwrap().to_owned(), text));
                }
            }
        }
        files.sort();
        Self::of(&files, folder)
    }

    /// The modules of these files, each given by its path below `src` and its text.
    pub(crate) fn of(files: &[(PathBuf, String)], folder: &str) -> Self {
        let parsed: Vec<_> = files
            .iter()
            .map(|(path, text)| {
                let tokens: TokenStream =
                    text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                (path, Module::of_file(path), shipped(tokens))
            })
            .collect();
        let for_tests: BTreeSet<Module> = parsed
            .iter()
            .flat_map(|(_, module, (_, for_tests))| for_tests.iter().map(|name| module.child(name)))
            .collect();
        let is_shipped = |module: &Module| !for_tests.iter().any(|test| module.0.starts_with(&test.0));
        let mut modules = Self::default();
        modules.all.extend(parsed.iter().map(|(_, module, _)| module.clone()).filter(is_shipped));
        for (path, module, (tokens, _)) in parsed.into_iter().filter(|(_, module, _)| is_shipped(module)) {
            let mut paths = Vec::new();
            find_paths(&tokens, &module, &mut paths);
            for (scope, path_in_code, line) in paths {
                if let Some(to) = modules.resolve(&scope, &path_in_code).filter(|to| *to != module) {
                    let place = format!("{folder}/{}:{line}", path.display());
                    modules.arrows.push(Arrow { from: module.clone(), to, place });
                }
            }
        }
        modules
    }

    /// The modules directly below the root.
    pub(crate) fn top(&self) -> BTreeSet<&str> {
        self.all.iter().filter_map(Module::top).collect()
    }

    /// The module that a path in `scope` leads to or into; `None` if it leads to another crate.
    fn resolve(&self, scope: &Module, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let mut found = match first.as_str() {
            "crate" => Module::default(),
            "self" => scope.clone(),
            "super" => scope.parent(),
            name => Some(scope.child(name)).filter(|child| self.all.contains(child))?,
        };
        for name in rest {
            match name.as_str() {
                "super" => found = found.parent(),
                "self" => {}
                name if self.all.contains(&found.child(name)) => found = found.child(name),
                _ => break,
            }
        }
        // A module that is written inside a file counts as the file.
        while !self.all.contains(&found) && !found.0.is_empty() {
            found = found.parent();
        }
        Some(found)
    }

    /// Circles among neighbouring modules for which `are_together` is true, one sentence each.
    ///
    /// From outside, a module and everything in its folder count as one. Inside, its own file and the modules
    /// in the folder may use each other, because the file contains what the modules in the folder are parts
    /// of; but those must not form a circle among themselves.
    pub(crate) fn circles(&self, are_together: impl Fn(&Module, &Module) -> bool) -> Vec<String> {
        let mut arrows: BTreeMap<Module, BTreeMap<Module, BTreeMap<Module, &Arrow>>> = BTreeMap::new();
        for arrow in &self.arrows {
            let shared = arrow.from.0.iter().zip(&arrow.to.0).take_while(|(from, to)| from == to).count();
            let parent = Module(arrow.from.0[..shared].to_vec());
            let (Some(from), Some(to)) = (parent.child_towards(&arrow.from), parent.child_towards(&arrow.to))
            else {
                continue;
            };
            if are_together(&from, &to) {
                let folder = arrows.entry(parent).or_default();
                folder.entry(from).or_default().entry(to).or_insert(arrow);
            }
        }
        arrows.values().flat_map(circles_in).collect()
    }
}

/// A shortest circle through each module that is in one, with each circle listed once.
fn circles_in(arrows: &BTreeMap<Module, BTreeMap<Module, &Arrow>>) -> Vec<String> {
    let mut told: BTreeSet<&Module> = BTreeSet::new();
    let mut sentences = Vec::new();
    for start in arrows.keys() {
        if told.contains(start) {
            continue;
        }
        let mut came_from: BTreeMap<&Module, &Arrow> = BTreeMap::new();
        let mut origin: BTreeMap<&Module, &Module> = BTreeMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(module) = open.pop_front() {
            for (to, arrow) in arrows.get(module).into_iter().flatten() {
                if !came_from.contains_key(to) {
                    came_from.insert(to, arrow);
                    origin.insert(to, module);
                    open.push_back(to);
                }
            }
        }
        if !came_from.contains_key(start) {
            continue;
        }
        let mut steps = Vec::new();
        let mut at = start;
        loop {
            told.insert(at);
            let before = origin[at];
            steps.push(format!("{before} uses {at} in {}", came_from[at].place));
            at = before;
            if at == start {
                break;
            }
        }
        steps.reverse();
        sentences.push(format!("a circle: {}", steps.join(", ")));
    }
    sentences
}

/// The tokens that are compiled for everyone, and the names of modules whose files are compiled only for
/// tests.
fn shipped(tokens: TokenStream) -> (Vec<TokenTree>, Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let (mut kept, mut for_tests) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        let is_test = is_punct(&tokens[at], '#')
            && matches!(tokens.get(at + 1), Some(TokenTree::Group(group))
                if group.delimiter() == Delimiter::Bracket && group.stream().to_string().replace(' ', "") == "cfg(test)");
        if !is_test {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        // The item ends with its braces or with a semicolon.
        at += 2;
        while at < tokens.len() {
            let is_end = is_punct(&tokens[at], ';')
                || matches!(&tokens[at], TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            if is_punct(&tokens[at], ';')
                && let [.., TokenTree::Ident(word), TokenTree::Ident(name)] = &tokens[..at]
                && word == "mod"
            {
                for_tests.push(name.to_string());
            }
            at += 1;
            if is_end {
                break;
            }
        }
    }
    (kept, for_tests)
}

/// Every path that may lead to a module of the crate: the module that contains it, its words, and its line.
fn find_paths(tokens: &[TokenTree], scope: &Module, found: &mut Vec<(Module, Vec<String>, usize)>) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Group(group) => {
                // A module that is written inside a file has its own names.
                let name = match &tokens[..at - 1] {
                    [.., TokenTree::Ident(word), TokenTree::Ident(name)] if word == "mod" => {
                        Some(name.to_string())
                    }
                    _ => None,
                };
                let inner = name.map_or_else(|| scope.clone(), |name| scope.child(&name));
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                find_paths(&inside, &inner, found);
            }
            TokenTree::Ident(word)
                if word == "use" && !tokens.get(at).is_some_and(|next| is_punct(next, '<')) =>
            {
                let end = tokens[at..]
                    .iter()
                    .position(|token| is_punct(token, ';'))
                    .map_or(tokens.len(), |end| at + end);
                find_used(&tokens[at..end], &[], scope, found);
                at = end;
            }
            TokenTree::Ident(word) if ["crate", "super", "self"].iter().any(|root| word == root) => {
                // `pub(crate)` is not a path.
                let line = word.span().start().line;
                let (path, next) = words(tokens, at - 1);
                if path.len() > 1 {
                    found.push((scope.clone(), path, line));
                    at = next;
                }
            }
            _ => {}
        }
    }
}

/// The paths of one `use`, with its tree flattened.
fn find_used(
    tokens: &[TokenTree],
    prefix: &[String],
    scope: &Module,
    found: &mut Vec<(Module, Vec<String>, usize)>,
) {
    for branch in tokens.split(|token| is_punct(token, ',')) {
        let Some(first) = branch.first() else { continue };
        let line = first.span().start().line;
        let (path, next) = words(branch, 0);
        let path: Vec<String> = prefix.iter().cloned().chain(path).collect();
        match branch.get(next) {
            Some(TokenTree::Group(group)) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                find_used(&inside, &path, scope, found);
            }
            _ if path.is_empty() => {}
            _ => found.push((scope.clone(), path, line)),
        }
    }
}

/// The words of the path that begins at `at`, and where it ends: after its last word, or after the `::`
/// before something else.
fn words(tokens: &[TokenTree], mut at: usize) -> (Vec<String>, usize) {
    let mut words = Vec::new();
    while let Some(TokenTree::Ident(word)) = tokens.get(at) {
        words.push(word.to_string());
        at += 1;
        if !(tokens.get(at).is_some_and(|token| is_punct(token, ':'))
            && tokens.get(at + 1).is_some_and(|token| is_punct(token, ':')))
        {
            break;
        }
        at += 2;
    }
    (words, at)
}

fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}
