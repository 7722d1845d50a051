//! A short name for what a topology says.

use super::tree::{Kind, Node, Tree};

/// A stable 64-bit hash (FNV-1a; G. Fowler, L. C. Noll, K.-P. Vo, draft-eastlake-fnv).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Digest {
    /// Of nothing.
    pub fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// Adds a tree. White space, comments, commas at the end and the way a string is quoted do
    /// not count; the order does.
    pub fn add_tree(&mut self, tree: &Tree) {
        self.add_node(tree, tree.root());
    }

    /// Sixteen hexadecimal digits.
    pub fn hex(&self) -> String {
        format!("{:016x}", self.0)
    }

    fn add_node(&mut self, tree: &Tree, node: &Node) {
        if let Some(name) = node.name() {
            self.add(name.text.as_bytes());
        }
        match &node.kind {
            Kind::Text => {
                self.add(b"\"");
                self.add(tree.key(node).as_bytes());
                self.add(b"\0");
            }
            Kind::Bool | Kind::Number | Kind::Other => {
                self.add(tree.slice(node).as_bytes());
                self.add(b"\0");
            }
            Kind::Word(_) => self.add(b"\0"),
            Kind::Struct(_, fields) => self.inside(*b"()", |digest| {
                for field in fields {
                    digest.add(field.name.text.as_bytes());
                    digest.add(b":");
                    digest.add_node(tree, &field.value);
                }
            }),
            Kind::Tuple(_, values) => self.inside(*b"()", |digest| {
                for value in values {
                    digest.add_node(tree, value);
                }
            }),
            Kind::List(values) => self.inside(*b"[]", |digest| {
                for value in values {
                    digest.add_node(tree, value);
                }
            }),
            Kind::Map(entries) => self.inside(*b"{}", |digest| {
                for (key, value) in entries {
                    digest.add_node(tree, key);
                    digest.add_node(tree, value);
                }
            }),
        }
    }

    fn inside(&mut self, [open, close]: [u8; 2], add: impl FnOnce(&mut Self)) {
        self.add(&[open]);
        add(self);
        self.add(&[close]);
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(text: &str) -> String {
        let mut digest = Digest::new();
        digest.add_tree(&Tree::parse(text).unwrap());
        digest.hex()
    }

    /// Published test vectors of FNV-1a, 64 bits.
    #[test]
    fn the_hash_is_fnv_1a() {
        for (text, hex) in [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c")] {
            let mut digest = Digest::new();
            digest.add(text.as_bytes());
            assert_eq!(digest.hex(), hex);
        }
    }

    #[test]
    fn only_what_is_said_counts() {
        let plain = digest(r#"(a: "x", b: [1, 2], c: Foo)"#);
        assert_eq!(
            plain,
            digest("(\n a: r#\"x\"#, // why\n b: [1,2,], c: Foo,)")
        );
        for other in [
            r#"(a: "y", b: [1, 2], c: Foo)"#,
            r#"(a: "x", b: [12], c: Foo)"#,
            r#"(a: "x", b: [1, 2], c: Foo())"#,
            r#"(b: [1, 2], a: "x", c: Foo)"#,
        ] {
            assert_ne!(plain, digest(other), "{other}");
        }
    }
}
