//! The deserializer of one node.

use serde::de::{self, Deserializer, Visitor, value::StringDeserializer};
use serde::forward_to_deserialize_any;

use super::access::{Entries, Fields, Items, Placed, Views, Words};
use super::fault::{Fault, Sink};
use super::{AT, SHARED};
use crate::syntax::tree::{Kind, Name, Node};

/// A node to be read, and in which way.
#[derive(Clone, Copy)]
pub(super) struct De<'t> {
    pub(super) sink: &'t Sink<'t>,
    pub(super) node: &'t Node,
    /// An enum has taken the name: what is left are the brackets.
    pub(super) inner: bool,
    /// The word whose brackets hold this single value.
    pub(super) holder: Option<&'t Name>,
    pub(super) view: View,
}

/// Which fields of `( )` are to be seen.
#[derive(Clone, Copy)]
pub(super) enum View {
    All,
    Only(&'static [&'static str]),
    Hide(&'static [&'static str]),
}

impl View {
    pub(super) fn shows(self, field: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(shared) => shared.contains(&field),
            Self::Hide(shared) => !shared.contains(&field),
        }
    }

    /// The fields that belong to all kinds, for messages.
    pub(super) fn shared(self) -> &'static [&'static str] {
        match self {
            Self::All => &[],
            Self::Only(shared) | Self::Hide(shared) => shared,
        }
    }
}

impl<'t> De<'t> {
    pub(super) fn new(sink: &'t Sink<'t>, node: &'t Node) -> Self {
        Self {
            sink,
            node,
            inner: false,
            holder: None,
            view: View::All,
        }
    }

    /// Reads, and puts a fault that has no place yet at this node.
    fn placed<T>(self, read: impl FnOnce(Self) -> Result<T, Fault>) -> Result<T, Fault> {
        read(self).map_err(|fault| self.sink.take(self.node, self.view.shared(), fault))
    }

    fn unexpected<T>(visitor: &impl Visitor<'t>) -> Result<T, Fault> {
        Err(de::Error::invalid_type(de::Unexpected::Unit, visitor))
    }

    fn any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.kind {
            Kind::Bool => visitor.visit_bool(self.sink.tree.slice(self.node) == "true"),
            Kind::Number => self.number(visitor),
            Kind::Text => match self.sink.tree.string(self.node) {
                Some(text) => visitor.visit_string(text),
                None => Self::unexpected(&visitor),
            },
            Kind::List(items) => visitor.visit_seq(Items::new(self.sink, items)),
            Kind::Map(entries) => visitor.visit_map(Entries::new(self.sink, entries)),
            Kind::Struct(Some(_), _) | Kind::Tuple(Some(_), _) | Kind::Word(_) if !self.inner => {
                visitor.visit_enum(Words(self))
            }
            Kind::Struct(_, fields) => visitor.visit_map(Fields::new(self, fields)),
            Kind::Tuple(None, values) if !self.inner => {
                visitor.visit_seq(Items::new(self.sink, values))
            }
            Kind::Other | Kind::Tuple(..) | Kind::Word(_) => Self::unexpected(&visitor),
        }
    }

    /// A number as the narrowest of `u64`, `i64`, `f64` that holds it; neither `inf` nor `NaN`.
    fn number<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        let slice = self.sink.tree.slice(self.node);
        if let Ok(number) = ron::from_str(slice) {
            return visitor.visit_u64(number);
        }
        if let Ok(number) = ron::from_str(slice) {
            return visitor.visit_i64(number);
        }
        match ron::from_str::<f64>(slice) {
            Ok(number) if number.is_finite() => visitor.visit_f64(number),
            _ => Self::unexpected(&visitor),
        }
    }

    /// `( )` with named parts.
    fn fields<V: Visitor<'t>>(
        self,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let named = || match known {
            [] => "`( )`".to_owned(),
            known => format!("`( )` with named parts ({})", known.join(", ")),
        };
        match (&self.node.kind, self.view) {
            (Kind::Struct(_, fields), View::Only(_)) => {
                visitor.visit_map(Fields::new(self, fields))
            }
            (_, View::Only(_)) => visitor.visit_map(Fields::new(self, &[])),
            (Kind::Struct(None, _), _) if self.holder.is_some() => Err(Fault::Message(
                "one pair of brackets is enough here".to_owned(),
            )),
            (Kind::Struct(name, fields), _) if name.is_none() || self.inner => {
                visitor.visit_map(Fields::new(self, fields))
            }
            (Kind::Struct(Some(name), _), _) => {
                let text = &name.text;
                let message = format!("expected `(…)` without a name\nhelp: leave `{text}` out");
                Err(Fault::Message(message))
            }
            (_, _) => match self.holder {
                Some(holder) => Err(Fault::Message(format!(
                    "`{}` takes named parts: {}",
                    holder.text,
                    known.join(", ")
                ))),
                None => Err(Fault::Unexpected(named())),
            },
        }
    }
}

impl<'de> Deserializer<'de> for De<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.placed(|de| de.any(visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.placed(|de| visitor.visit_newtype_struct(de))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.placed(|de| match &de.node.kind {
            Kind::List(items) => visitor.visit_seq(Items::new(de.sink, items)),
            _ => Self::unexpected(&visitor),
        })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.placed(|de| match &de.node.kind {
            Kind::Map(entries) => visitor.visit_map(Entries::new(de.sink, entries)),
            _ => Self::unexpected(&visitor),
        })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.placed(|de| match &de.node.kind {
            Kind::Tuple(name, values) if name.is_none() || de.inner => {
                visitor.visit_seq(Items::new(de.sink, values))
            }
            _ => Self::unexpected(&visitor),
        })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.placed(|de| match &de.node.kind {
            Kind::Struct(None, fields) if fields.is_empty() => visitor.visit_unit(),
            _ => Self::unexpected(&visitor),
        })
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.placed(|de| match name {
            SHARED => visitor.visit_seq(Views::new(de, fields)),
            AT => visitor.visit_seq(Placed::new(de)),
            _ => de.fields(fields, visitor),
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.placed(|de| {
            if de.inner || de.node.name().is_none() {
                return Err(Fault::NoWord(variants));
            }
            visitor.visit_enum(Words(de))
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        self.placed(|_| Err(Fault::Message("this is not known here".to_owned())))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        identifier
    }
}

/// A name as serde reads it.
pub(super) fn word(name: &Name) -> StringDeserializer<Fault> {
    StringDeserializer::new(name.text.clone())
}
