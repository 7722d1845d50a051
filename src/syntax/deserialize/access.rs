//! How serde walks through the parts of a node. Marked parts are never handed out.

use std::slice::Iter;

use serde::de::value::UsizeDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::deserializer::{De, View, word};
use super::fault::{Fault, Sink};
use crate::quantity::short;
use crate::syntax::tree::{Field, Kind, Node};

/// The values of `[ ]`, or of `( )` without names.
pub(super) struct Items<'t> {
    sink: &'t Sink<'t>,
    nodes: Iter<'t, Node>,
}

impl<'t> Items<'t> {
    pub(super) fn new(sink: &'t Sink<'t>, nodes: &'t [Node]) -> Self {
        Self {
            sink,
            nodes: nodes.iter(),
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let next = self.nodes.find(|node| !self.sink.is_marked(node));
        next.map(|node| seed.deserialize(De::new(self.sink, node)))
            .transpose()
    }
}

/// The named parts of `( )` that a view shows.
pub(super) struct Fields<'t> {
    de: De<'t>,
    rest: Iter<'t, Field>,
    value: Option<&'t Node>,
}

impl<'t> Fields<'t> {
    pub(super) fn new(de: De<'t>, fields: &'t [Field]) -> Self {
        Self {
            de,
            rest: fields.iter(),
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let De {
            sink, node, view, ..
        } = self.de;
        let next = self
            .rest
            .find(|field| view.shows(&field.name.text) && !sink.is_marked(&field.value));
        let Some(Field { name, value }) = next else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize(word(name))
            .map(Some)
            .map_err(|fault| sink.take_key(node, (&name.span, value), view.shared(), fault))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let value = self.value.take().ok_or(Fault::Lost)?;
        seed.deserialize(De::new(self.de.sink, value))
    }
}

/// The entries of `{ }`.
pub(super) struct Entries<'t> {
    sink: &'t Sink<'t>,
    rest: Iter<'t, (Node, Node)>,
    value: Option<&'t Node>,
}

impl<'t> Entries<'t> {
    pub(super) fn new(sink: &'t Sink<'t>, entries: &'t [(Node, Node)]) -> Self {
        Self {
            sink,
            rest: entries.iter(),
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let sink = self.sink;
        let next = self
            .rest
            .find(|(key, value)| !sink.is_marked(key) && !sink.is_marked(value));
        let Some((key, value)) = next else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize(De::new(sink, key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let value = self.value.take().ok_or(Fault::Lost)?;
        seed.deserialize(De::new(self.sink, value))
    }
}

/// The same node twice: its shared fields, then all others.
pub(super) struct Views<'t> {
    de: De<'t>,
    views: std::array::IntoIter<View, 2>,
}

impl<'t> Views<'t> {
    pub(super) fn new(de: De<'t>, shared: &'static [&'static str]) -> Self {
        Self {
            de,
            views: [View::Only(shared), View::Hide(shared)].into_iter(),
        }
    }
}

impl<'de> SeqAccess<'de> for Views<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let next = self.views.next();
        next.map(|view| seed.deserialize(De { view, ..self.de }))
            .transpose()
    }
}

/// The first byte of a node, the byte after its last, and the node.
pub(super) struct Placed<'t> {
    de: De<'t>,
    given: u8,
}

impl<'t> Placed<'t> {
    pub(super) fn new(de: De<'t>) -> Self {
        Self { de, given: 0 }
    }
}

impl<'de> SeqAccess<'de> for Placed<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let byte = |at: usize| -> UsizeDeserializer<Fault> { at.into_deserializer() };
        let span = &self.de.node.span;
        self.given += 1;
        match self.given {
            1 => seed.deserialize(byte(span.start)).map(Some),
            2 => seed.deserialize(byte(span.end)).map(Some),
            3 => seed.deserialize(self.de).map(Some),
            _ => Ok(None),
        }
    }
}

/// A node with a name, as an enum.
pub(super) struct Words<'t>(pub(super) De<'t>);

impl<'de> EnumAccess<'de> for Words<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let name = self.0.node.name().ok_or(Fault::Lost)?;
        Ok((seed.deserialize(word(name))?, self))
    }
}

impl<'t> Words<'t> {
    fn name(&self) -> String {
        self.0
            .node
            .name()
            .map(|name| short(&name.text))
            .unwrap_or_default()
    }

    fn needs_brackets(&self) -> Fault {
        Fault::Message(format!("`{0}` needs `{0}(…)`", self.name()))
    }

    /// The same node, its name taken.
    fn brackets(&self) -> Result<De<'t>, Fault> {
        if matches!(self.0.node.kind, Kind::Word(_)) {
            return Err(self.needs_brackets());
        }
        Ok(De {
            inner: true,
            ..self.0
        })
    }
}

/// A word without brackets where a value is expected: fine only for a value that may be left out.
struct Bare<'t>(Words<'t>);

impl<'de> Deserializer<'de> for Bare<'de> {
    type Error = Fault;

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_none()
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        Err(self.0.needs_brackets())
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> VariantAccess<'de> for Words<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.0.node.kind {
            Kind::Word(_) => Ok(()),
            _ => Err(Fault::Message(format!(
                "`{}` stands without `( )`",
                self.name()
            ))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        let sink = self.0.sink;
        match &self.0.node.kind {
            Kind::Tuple(name, values) => match values.as_slice() {
                [value] if sink.is_marked(value) => Err(Fault::Lost),
                [value] => seed.deserialize(De {
                    holder: name.as_ref(),
                    ..De::new(sink, value)
                }),
                _ => Err(Fault::Message(format!(
                    "`{}` takes one value, or several with their names",
                    self.name()
                ))),
            },
            Kind::Word(_) => seed.deserialize(Bare(self)),
            _ => seed.deserialize(self.brackets()?),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.node.kind {
            Kind::Tuple(_, values) => visitor.visit_seq(Items::new(self.0.sink, values)),
            _ => Err(Fault::Unexpected(format!("values in `{}(…)`", self.name()))),
        }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        serde::Deserializer::deserialize_struct(self.brackets()?, "", fields, visitor)
    }
}
