//! Which share of a plan a process works off.

/// One of `count` shares, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub number: usize,
    /// Of how many.
    pub count: usize,
}

/// A variable that numbers the processes of a batch system: its name, its first number, and the
/// variable that says how many there are.
struct Numbered {
    index: &'static str,
    first: First,
    count: Option<&'static str>,
}

/// From which number a batch system counts.
enum First {
    At(usize),
    /// As this variable says.
    In(&'static str),
}

/// The batch systems that `auto` knows, in the order in which they are asked.
const KNOWN: [Numbered; 8] = [
    Numbered {
        index: "SLURM_ARRAY_TASK_ID",
        first: First::In("SLURM_ARRAY_TASK_MIN"),
        count: Some("SLURM_ARRAY_TASK_COUNT"),
    },
    Numbered {
        index: "JOB_COMPLETION_INDEX",
        first: First::At(0),
        count: None,
    },
    Numbered {
        index: "HQ_TASK_ID",
        first: First::At(0),
        count: None,
    },
    Numbered {
        index: "PARALLEL_SEQ",
        first: First::At(1),
        count: None,
    },
    Numbered {
        index: "PBS_ARRAY_INDEX",
        first: First::At(0),
        count: None,
    },
    Numbered {
        index: "AWS_BATCH_JOB_ARRAY_INDEX",
        first: First::At(0),
        count: Some("AWS_BATCH_JOB_ARRAY_SIZE"),
    },
    Numbered {
        index: "OMPI_COMM_WORLD_RANK",
        first: First::At(0),
        count: Some("OMPI_COMM_WORLD_SIZE"),
    },
    Numbered {
        index: "PMI_RANK",
        first: First::At(0),
        count: Some("PMI_SIZE"),
    },
];

impl Shard {
    /// Reads `K/N`, `auto` or `auto/N`; `variable` gives what the environment says.
    ///
    /// # Errors
    /// What is wrong, and what to write instead.
    pub fn read(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let (which, count) = match text.split_once('/') {
            Some((which, count)) => (which, Some(whole(count, "the number of shares")?)),
            None => (text, None),
        };
        if which == "auto" {
            return Self::asked(count, variable);
        }
        let Some(count) = count else {
            return Err("write K/N, as in 2/7, or auto".to_owned());
        };
        Self::new(whole(which, "a share")?, count)
    }

    fn new(number: usize, count: usize) -> Result<Self, String> {
        if (1..=count).contains(&number) {
            return Ok(Self { number, count });
        }
        Err(format!("shares count from 1/{count} to {count}/{count}"))
    }

    /// As the first batch system says that is there.
    fn asked(
        given: Option<usize>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let found = KNOWN
            .iter()
            .find_map(|one| Some((one, variable(one.index)?)));
        let Some((known, index)) = found else {
            let names: Vec<&str> = KNOWN.iter().map(|one| one.index).collect();
            return Err(format!(
                "none of {} is set: write --shard K/N",
                names.join(", ")
            ));
        };
        let name = known.index;
        let index = whole(&index, name)?;
        let first = match known.first {
            First::At(first) => first,
            First::In(other) => variable(other).map_or(Ok(0), |text| whole(&text, other))?,
        };
        let own = known
            .count
            .and_then(|other| Some((other, variable(other)?)));
        let count = match (given, own) {
            (Some(count), _) => count,
            (None, Some((other, text))) => whole(&text, other)?,
            (None, None) => {
                return Err(format!(
                    "{name} does not say how many shares there are: write --shard auto/N"
                ));
            }
        };
        let number = index.checked_sub(first).filter(|place| *place < count);
        number
            .map(|place| Self {
                number: place + 1,
                count,
            })
            .ok_or_else(|| {
                format!(
                    "{name} is {index} and should lie between {first} and {}: number the processes \
                     so, or write --shard K/N",
                    first + count.saturating_sub(1)
                )
            })
    }

    /// The points of this share, every `count`th of the plan.
    pub fn points(self, planned: usize) -> Vec<usize> {
        (self.number - 1..planned).step_by(self.count).collect()
    }

    /// Name of its journal.
    pub fn journal(self) -> String {
        if self.count == 1 {
            return super::journal::NAME.to_owned();
        }
        format!("points-{}-of-{}.jsonl", self.number, self.count)
    }

    /// The share whose journal has this name; `None` for other files and that of a whole sweep.
    pub fn of_journal(name: &str) -> Option<Self> {
        let middle = name.strip_prefix("points-")?.strip_suffix(".jsonl")?;
        let (number, count) = middle.split_once("-of-")?;
        Self::new(number.parse().ok()?, count.parse().ok()?).ok()
    }
}

fn whole(text: &str, what: &str) -> Result<usize, String> {
    let number = text.trim().parse::<usize>();
    number.map_err(|_| format!("{what} is a whole number, not `{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, set: &[(&str, &str)]) -> Result<(usize, usize), String> {
        let variable = |name: &str| {
            let found = set.iter().find(|pair| pair.0 == name);
            found.map(|pair| pair.1.to_owned())
        };
        Shard::read(text, &variable).map(|shard| (shard.number, shard.count))
    }

    #[test]
    fn shares_are_written_from_1() {
        assert_eq!(read("2/7", &[]), Ok((2, 7)));
        for wrong in ["0/7", "8/7", "1/0", "2", "x/7", "-1/7", "auto"] {
            assert!(read(wrong, &[]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_batch_system_is_asked() {
        let slurm = [
            ("SLURM_ARRAY_TASK_ID", "12"),
            ("SLURM_ARRAY_TASK_MIN", "10"),
            ("SLURM_ARRAY_TASK_COUNT", "7"),
        ];
        assert_eq!(read("auto", &slurm), Ok((3, 7)));
        assert_eq!(read("auto/4", &[("PARALLEL_SEQ", "4")]), Ok((4, 4)));
        for zero_based in ["JOB_COMPLETION_INDEX", "HQ_TASK_ID", "PBS_ARRAY_INDEX"] {
            assert_eq!(read("auto/4", &[(zero_based, "3")]), Ok((4, 4)));
            assert!(
                read("auto", &[(zero_based, "3")])
                    .unwrap_err()
                    .contains("auto/N")
            );
            assert!(
                read("auto/4", &[(zero_based, "4")])
                    .unwrap_err()
                    .contains(zero_based)
            );
        }
        let aws = [
            ("AWS_BATCH_JOB_ARRAY_INDEX", "0"),
            ("AWS_BATCH_JOB_ARRAY_SIZE", "5"),
        ];
        assert_eq!(read("auto", &aws), Ok((1, 5)));
        let mpi = [("OMPI_COMM_WORLD_RANK", "1"), ("OMPI_COMM_WORLD_SIZE", "2")];
        assert_eq!(read("auto", &mpi), Ok((2, 2)));
        assert_eq!(
            read("auto", &[("PMI_RANK", "1"), ("PMI_SIZE", "3")]),
            Ok((2, 3))
        );
    }

    #[test]
    fn shares_part_the_points() {
        let mut all: Vec<usize> = (1..=7)
            .flat_map(|number| Shard { number, count: 7 }.points(200))
            .collect();
        all.sort_unstable();
        assert_eq!(all, (0..200).collect::<Vec<_>>());
        let more = Shard {
            number: 5,
            count: 7,
        };
        assert!(more.points(3).is_empty());
        assert_eq!(Shard::of_journal(&more.journal()), Some(more));
        assert_eq!(Shard::of_journal("points.jsonl"), None);
    }
}
