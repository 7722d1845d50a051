//! Every field and word of a topology file has an effect that somebody can see.

mod ask;
mod schema;

#[test]
fn list() {
    let schema = schema::Schema::of_files();
    for item in schema.items() {
        println!("{item}");
    }
}
