//! What serde is asked for at one place of a type: a deserializer that follows a way into the
//! type and writes down what is wanted at its end. No value is ever built.

use std::cell::RefCell;
use std::fmt;

use linchpin::syntax::deserialize::SHARED;
use serde::de::value::{MapDeserializer, StrDeserializer, UsizeDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer as _,
    MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// The reserved name under which a value asks for its place.
const AT: &str = "\u{1}at";
/// A name that nothing has.
const NOBODY: &str = "\u{2}";

/// One step into a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// Into a field.
    Field(&'static str),
    /// Into what stands behind a word.
    Word(&'static str),
    /// Into an item of a list.
    Item,
    /// Into a value of a map; the fields are told if it is none.
    Entry,
    /// Into the words, which are then told.
    Words,
    /// Into the fields that all variants share.
    Shared,
    /// Into what is not shared.
    Own,
}

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// A single value, or nothing.
    Plain,
    /// Named parts of the type with this name; the name may be lost.
    Fields(&'static str, &'static [&'static str]),
    /// One of the words of the type with this name; the name may be lost.
    Words(&'static str, &'static [&'static str]),
    /// A list.
    List,
    /// A map.
    Map,
    /// Shared fields and own ones.
    Views,
    /// Whatever is written.
    Any,
}

/// What was found at the end of a way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    /// What is wanted there; `None` if the type does not go there.
    pub want: Option<Want>,
    /// Whether a word was read as text on the last step, so that not all words may be known.
    pub reads_text: bool,
}

/// What a `T` wants at the end of `way`.
pub fn ask<T: DeserializeOwned>(way: &[Go]) -> Found {
    let notes = RefCell::new(Found::default());
    let end = T::deserialize(Walker { way, notes: &notes });
    let mut found = notes.into_inner();
    found.want = match end {
        Err(Stop::Fields(fields)) => Some(Want::Fields("", fields)),
        Err(Stop::Words(words)) => Some(Want::Words("", words)),
        _ => found.want,
    };
    found
}

/// Why reading ended.
#[derive(Debug)]
enum Stop {
    /// A field is not among these.
    Fields(&'static [&'static str]),
    /// A word is not among these.
    Words(&'static [&'static str]),
    /// The end of the way, or no way on.
    Other,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stop")
    }
}

impl std::error::Error for Stop {}

impl de::Error for Stop {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::Fields(expected)
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::Words(expected)
    }
}

#[derive(Clone, Copy)]
struct Walker<'de> {
    way: &'de [Go],
    notes: &'de RefCell<Found>,
}

impl Walker<'_> {
    /// At the end of the way, notes what is wanted.
    fn stop<T>(self, want: Want) -> Result<T, Stop> {
        if self.way.is_empty() {
            self.notes.borrow_mut().want = Some(want);
        }
        Err(Stop::Other)
    }

    fn next(self) -> Option<(Go, Self)> {
        let (&go, way) = self.way.split_first()?;
        Some((go, Self { way, ..self }))
    }
}

impl<'de> Deserializer<'de> for Walker<'de> {
    type Error = Stop;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.next() {
            Some((Go::Field(name), rest)) => visitor.visit_map(One(Some(name), rest)),
            Some((Go::Entry, rest)) => visitor.visit_map(One(Some(NOBODY), rest)),
            Some((Go::Item, rest)) => visitor.visit_seq(Items(Some(rest))),
            Some((Go::Word(word), rest)) => visitor.visit_enum(Chosen(word, rest)),
            Some((Go::Words, rest)) => visitor.visit_enum(Chosen(NOBODY, rest)),
            _ => self.stop(Want::Any),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        match (name, self.next()) {
            (AT, _) => visitor.visit_seq(Placed(0, self)),
            (SHARED, Some((Go::Shared, rest))) => visitor.visit_seq(Items(Some(rest))),
            (SHARED, Some((Go::Own, rest))) => visitor.visit_seq(Own(true, rest)),
            (SHARED, _) => self.stop(Want::Views),
            (_, Some((Go::Field(name), rest))) => visitor.visit_map(One(Some(name), rest)),
            _ => self.stop(Want::Fields(name, fields)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        match self.next() {
            Some((Go::Word(word), rest)) => visitor.visit_enum(Chosen(word, rest)),
            _ => self.stop(Want::Words(name, words)),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.next() {
            Some((Go::Item, rest)) => visitor.visit_seq(Items(Some(rest))),
            _ => self.stop(Want::List),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.next() {
            Some((Go::Entry, rest)) => visitor.visit_map(One(Some(NOBODY), rest)),
            _ => self.stop(Want::Map),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        self.stop(Want::Plain)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        self.stop(Want::Plain)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        self.stop(Want::Plain)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        self.stop(Want::Plain)
    }

    fn deserialize_str<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        self.stop(Want::Plain)
    }

    fn deserialize_string<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        self.stop(Want::Plain)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u128 f32 char bytes byte_buf unit unit_struct tuple
        tuple_struct identifier ignored_any
    }
}

/// One entry or field.
struct One<'de>(Option<&'static str>, Walker<'de>);

impl<'de> MapAccess<'de> for One<'de> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Stop> {
        self.0
            .take()
            .map(|key| seed.deserialize(Key(key)))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Stop> {
        seed.deserialize(self.1)
    }
}

/// A name, perhaps with its place.
struct Key(&'static str);

impl<'de> Deserializer<'de> for Key {
    type Error = Stop;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_str(self.0)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        visitor.visit_seq(PlacedKey(0, self.0))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Start, end and the name.
struct PlacedKey(usize, &'static str);

impl<'de> SeqAccess<'de> for PlacedKey {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Stop> {
        self.0 += 1;
        match self.0 {
            1 | 2 => seed.deserialize(place()).map(Some),
            _ => seed.deserialize(StrDeserializer::new(self.1)).map(Some),
        }
    }
}

/// Start, end and the value.
struct Placed<'de>(usize, Walker<'de>);

impl<'de> SeqAccess<'de> for Placed<'de> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Stop> {
        self.0 += 1;
        match self.0 {
            1 | 2 => seed.deserialize(place()).map(Some),
            _ => seed.deserialize(self.1).map(Some),
        }
    }
}

fn place() -> UsizeDeserializer<Stop> {
    0_usize.into_deserializer()
}

/// One item.
struct Items<'de>(Option<Walker<'de>>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Stop> {
        self.0.take().map(|item| seed.deserialize(item)).transpose()
    }
}

/// No shared field, then the own view.
struct Own<'de>(bool, Walker<'de>);

impl<'de> SeqAccess<'de> for Own<'de> {
    type Error = Stop;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Stop> {
        if std::mem::take(&mut self.0) {
            let none = std::iter::empty::<(&str, &str)>();
            let map = de::value::MapAccessDeserializer::new(MapDeserializer::new(none));
            return seed.deserialize(map).map(Some);
        }
        seed.deserialize(self.1).map(Some)
    }
}

/// A word and what stands behind it.
struct Chosen<'de>(&'static str, Walker<'de>);

impl<'de> EnumAccess<'de> for Chosen<'de> {
    type Error = Stop;
    type Variant = Walker<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Walker<'de>), Stop> {
        let word = seed.deserialize(StrDeserializer::new(self.0))?;
        self.1.notes.borrow_mut().reads_text |= self.0 == NOBODY;
        Ok((word, self.1))
    }
}

impl<'de> VariantAccess<'de> for Walker<'de> {
    type Error = Stop;

    fn unit_variant(self) -> Result<(), Stop> {
        self.stop(Want::Plain)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Stop> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Stop> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.deserialize_struct("", fields, visitor)
    }
}
