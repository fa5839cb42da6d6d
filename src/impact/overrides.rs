//! What an override file does to other files' blocks: an argument replaces the one of its name, nested blocks replace all of their
//! kind (developer.hashicorp.com/terraform/language/files/override, "Merging Behavior").

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Attribute, Block, Body, Structure};

/// Puts the block of an override file into the block that it is about; one that is about none is left as a block of its own, which
/// an engine refuses.
pub fn merge(blocks: &mut Vec<Block>, over: Block) {
    match over.ident.as_str() {
        "locals" => {
            for attribute in over.body.into_attributes() {
                let name = attribute.key.as_str().to_owned();
                let mut all = blocks.iter_mut().filter(|block| block.has_ident("locals"));
                match all.find(|block| block.body.has_attribute(&name)) {
                    Some(block) => put(&mut block.body, attribute),
                    None => blocks
                        .push(Block::builder(hcl_edit::Ident::new("locals")).attribute(attribute).build()),
                }
            }
        }
        // The last one's backend counts.
        "terraform" => blocks.push(over),
        _ => match blocks.iter_mut().find(|block| is_same(block, &over)) {
            Some(block) => into(&mut block.body, over.body),
            None => blocks.push(over),
        },
    }
}

/// Whether two blocks are of one thing.
fn is_same(a: &Block, b: &Block) -> bool {
    let labels =
        |block: &Block| block.labels.iter().map(|label| label.as_str().to_owned()).collect::<Vec<_>>();
    // Configurations of one provider are told apart by their alias.
    let alias = |block: &Block| block.body.get_attribute("alias").map(|alias| text(&alias.value));
    a.ident.as_str() == b.ident.as_str()
        && !matches!(a.ident.as_str(), "moved" | "removed" | "import")
        && labels(a) == labels(b)
        && (!a.has_ident("provider") || alias(a) == alias(b))
}

fn text(expression: &Expression) -> String {
    expression.as_str().map_or_else(|| expression.to_string(), str::to_owned)
}

fn into(body: &mut Body, over: Body) {
    let mut cleared: Vec<String> = Vec::new();
    for structure in over {
        match structure {
            Structure::Attribute(attribute) => put(body, attribute),
            // Of `lifecycle` each argument counts for itself.
            Structure::Block(block) if block.has_ident("lifecycle") && body.has_blocks("lifecycle") => {
                if let Some(existing) = body.get_blocks_mut("lifecycle").next() {
                    into(&mut existing.body, block.body);
                }
            }
            Structure::Block(block) => {
                // A dynamic block stands for blocks of its label's kind.
                let kind = kind_of(&block).to_owned();
                if !cleared.contains(&kind) {
                    let kept: Vec<Structure> = std::mem::take(body)
                        .into_iter()
                        .filter(|old| old.as_block().is_none_or(|old| kind_of(old) != kind))
                        .collect();
                    *body = Body::from(kept);
                    cleared.push(kind);
                }
                body.push(block);
            }
        }
    }
}

fn kind_of(block: &Block) -> &str {
    let label = block.labels.first().filter(|_| block.has_ident("dynamic"));
    label.map_or(block.ident.as_str(), |label| label.as_str())
}

fn put(body: &mut Body, attribute: Attribute) {
    body.remove_attribute(attribute.key.as_str());
    body.push(attribute);
}
