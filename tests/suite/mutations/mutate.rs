//! How a topology file is spoilt.

use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::tokens::{Kind, Token, line_of, tokens};

/// A way to spoil a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutation {
    /// Bits of one to four bytes are turned over.
    FlippedBytes,
    /// The end is missing.
    Truncated,
    /// Two tokens have changed places.
    SwappedTokens,
    /// A token is missing.
    LostToken,
    /// Another token of the same file stands in its place.
    StrayToken,
    /// A letter of a word or string is missing, doubled or another.
    Misspelt,
    /// A number or the number in a quantity is another one of about its size.
    OtherNumber,
    /// A number is far out of every range.
    HugeNumber,
    /// Very many brackets.
    DeepNesting,
    /// A field that no part has.
    UnknownField,
    /// Space or a comment between two tokens: no change of meaning.
    Space,
    /// A line stands there twice.
    DoubledLine,
}

/// How many of each a thousand holds.
const SHARES: [(Mutation, usize); 12] = [
    (Mutation::FlippedBytes, 120),
    (Mutation::Truncated, 70),
    (Mutation::SwappedTokens, 100),
    (Mutation::LostToken, 100),
    (Mutation::StrayToken, 100),
    (Mutation::Misspelt, 110),
    (Mutation::OtherNumber, 100),
    (Mutation::HugeNumber, 80),
    (Mutation::DeepNesting, 50),
    (Mutation::UnknownField, 80),
    (Mutation::Space, 50),
    (Mutation::DoubledLine, 40),
];

/// The field that no part has.
const UNKNOWN: &str = "flurble";

/// A text to spoil.
#[derive(Clone, Debug)]
pub struct Base {
    /// How failures call it.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A spoilt text, and what must be said about it.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Its number, for failures.
    pub number: usize,
    /// Which of the bases it was.
    pub base: usize,
    /// How it was spoilt.
    pub mutation: Mutation,
    /// The text.
    pub text: Vec<u8>,
    /// The line of the one token that changed.
    pub changed_line: Option<usize>,
}

impl Mutant {
    /// Whether it must be refused whatever the base.
    pub fn is_wrong(&self) -> bool {
        self.mutation == Mutation::UnknownField
    }

    /// Whether it means what the base means.
    pub fn is_the_same(&self) -> bool {
        self.mutation == Mutation::Space
    }
}

/// A thousand spoilt texts, always the same for the same bases and seed.
pub fn thousand(bases: &[Base], seed: u64) -> Vec<Mutant> {
    let kinds = SHARES
        .iter()
        .flat_map(|&(kind, count)| std::iter::repeat_n(kind, count));
    let kinds = kinds.enumerate();
    kinds
        .map(|(number, mutation)| mutant(bases, seed, number, mutation))
        .collect()
}

fn mutant(bases: &[Base], seed: u64, number: usize, mutation: Mutation) -> Mutant {
    let mut dice = Dice(Xoshiro256PlusPlus::seed_from_u64(
        seed.wrapping_add(number as u64),
    ));
    let base = number % bases.len();
    let (text, changed) = spoil(&mut dice, &bases[base].text, mutation);
    let changed_line = changed.map(|byte| line_of(&text, byte));
    Mutant {
        number,
        base,
        mutation,
        text,
        changed_line,
    }
}

/// The spoilt text, and the byte of the change if it is one token.
fn spoil(dice: &mut Dice, text: &str, mutation: Mutation) -> (Vec<u8>, Option<usize>) {
    let all = tokens(text);
    let of = |kinds: &[Kind]| {
        all.iter()
            .filter(|one| kinds.contains(&one.kind))
            .collect::<Vec<_>>()
    };
    let mut bytes = text.as_bytes().to_vec();
    match mutation {
        Mutation::FlippedBytes => {
            for _ in 0..dice.from(1, 4) {
                let place = dice.below(bytes.len());
                bytes[place] ^= 1 << dice.below(8);
            }
            (bytes, None)
        }
        Mutation::Truncated => {
            bytes.truncate(dice.below(bytes.len()));
            (bytes, None)
        }
        Mutation::SwappedTokens => (swap(dice, text, &all).into_bytes(), None),
        Mutation::LostToken => replace(text, dice.one(&all), ""),
        Mutation::StrayToken => {
            let stray = text[dice.one(&all).at.clone()].to_owned();
            replace(text, dice.one(&all), &stray)
        }
        Mutation::Misspelt => {
            let words = of(&[Kind::Word, Kind::Text]);
            let token = dice.one(&words);
            let other = misspell(dice, &text[token.at.clone()]);
            replace(text, token, &other)
        }
        Mutation::OtherNumber | Mutation::HugeNumber => {
            let numbers: Vec<_> = of(&[Kind::Number, Kind::Text])
                .into_iter()
                .filter(|one| text[one.at.clone()].contains(|c: char| c.is_ascii_digit()))
                .collect();
            let token = dice.one(&numbers);
            let is_huge = mutation == Mutation::HugeNumber;
            let other = renumber(dice, &text[token.at.clone()], is_huge);
            replace(text, token, &other)
        }
        Mutation::DeepNesting => (nest(dice, text, &all).into_bytes(), None),
        Mutation::UnknownField => plant(dice, text, &all),
        Mutation::Space => {
            let place = dice.one(&all).at.start;
            let space = *dice.one(&[" ", "\n", "\t\r\n", "/* ( */", "// { \"\n", "/* /* */ */"]);
            (insert(text, place, space).into_bytes(), None)
        }
        Mutation::DoubledLine => {
            let lines: Vec<_> = text.split_inclusive('\n').collect();
            let twice = dice.below(lines.len());
            let line = |(place, line): (usize, &&str)| line.repeat(1 + usize::from(place == twice));
            (
                lines
                    .iter()
                    .enumerate()
                    .map(line)
                    .collect::<String>()
                    .into_bytes(),
                None,
            )
        }
    }
}

fn insert(text: &str, place: usize, what: &str) -> String {
    format!("{}{what}{}", &text[..place], &text[place..])
}

fn replace(text: &str, token: &Token, by: &str) -> (Vec<u8>, Option<usize>) {
    let all = format!("{}{by}{}", &text[..token.at.start], &text[token.at.end..]);
    (all.into_bytes(), Some(token.at.start))
}

fn swap(dice: &mut Dice, text: &str, all: &[Token]) -> String {
    let first = dice.below(all.len() - 1);
    let near = (first + 1 + dice.below(4)).min(all.len() - 1);
    let second = if dice.below(2) == 0 {
        near
    } else {
        dice.from(first + 1, all.len() - 1)
    };
    let (a, b) = (all[first].at.clone(), all[second].at.clone());
    let between = &text[a.end..b.start];
    let (before, after) = (&text[..a.start], &text[b.end..]);
    format!("{before}{}{between}{}{after}", &text[b], &text[a])
}

fn misspell(dice: &mut Dice, token: &str) -> String {
    let letters: Vec<char> = token.chars().collect();
    let place = dice.below(letters.len());
    let letter = letters[place];
    let other = match dice.below(4) {
        0 => String::new(),
        1 => format!("{letter}{letter}"),
        2 => dice.one(&['x', 'Q', '가', ' ', '9']).to_string(),
        _ if letter.is_lowercase() => letter.to_uppercase().collect(),
        _ => letter.to_lowercase().collect(),
    };
    let (before, after) = (&letters[..place], &letters[place + 1..]);
    before
        .iter()
        .copied()
        .chain(other.chars())
        .chain(after.iter().copied())
        .collect()
}

/// The token with its first number replaced.
fn renumber(dice: &mut Dice, token: &str, is_huge: bool) -> String {
    let is_part = |c: char| c.is_ascii_digit() || c == '_' || c == '.';
    let start = token.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let length = token[start..]
        .find(|c| !is_part(c))
        .unwrap_or(token.len() - start);
    let number = if is_huge {
        let huge = [
            "1e400",
            "-1",
            "1e-400",
            "18446744073709551616",
            "9223372036854775807",
            "inf",
            "NaN",
            "340282366920938463463374607431768211456",
            "4294967296",
            "0x7fffffffffffffff",
        ];
        match dice.below(huge.len() + 1) {
            0 => "9".repeat(dice.from(40, 100_000)),
            other => huge[other - 1].to_owned(),
        }
    } else {
        dice.from(1, 99).to_string()
    };
    format!("{}{number}{}", &token[..start], &token[start + length..])
}

fn nest(dice: &mut Dice, text: &str, all: &[Token]) -> String {
    let pairs = [
        ("(", ")"),
        ("[", "]"),
        ("{\"a\":", "}"),
        ("(a:", ")"),
        ("Foo(", ")"),
        ("Some(", ")"),
        ("Parallel([[", "]])"),
        ("/*", "*/"),
        ("Repeat(times: 2, steps: [", "])"),
    ];
    let (open, close) = *dice.one(&pairs);
    let depth = *dice.one(&[20, 63, 64, 65, 127, 128, 129, 1_000, 30_000, 100_000]);
    let closed = dice.below(2) * depth;
    let brackets = format!("{}{}", open.repeat(depth), close.repeat(closed));
    insert(text, dice.one(all).at.start, &brackets)
}

/// An unknown field as the first one of some `(name: ...)`.
fn plant(dice: &mut Dice, text: &str, all: &[Token]) -> (Vec<u8>, Option<usize>) {
    let is = |token: &Token, mark: &str| &text[token.at.clone()] == mark;
    let fields: Vec<_> = all
        .windows(3)
        .filter(|next| is(&next[0], "(") && next[1].kind == Kind::Word && is(&next[2], ":"))
        .map(|next| next[1].at.start)
        .collect();
    let place = *dice.one(&fields);
    let value = *dice.one(&["1", "\"1s\"", "[]", "{}", "()", "Off"]);
    let planted = insert(text, place, &format!("{UNKNOWN}: {value}, "));
    (planted.into_bytes(), Some(place))
}

/// Draws for one mutant.
struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// From 0 to `sides - 1`.
    fn below(&mut self, sides: usize) -> usize {
        self.0.random_range(0..sides)
    }

    /// From `low` to `high`.
    fn from(&mut self, low: usize, high: usize) -> usize {
        self.0.random_range(low..=high)
    }

    fn one<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}
