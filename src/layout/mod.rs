//! Our own `terraform fmt`: spaces, indentation and alignment of rendered HCL.
//! Every rendered file passes it once, so the templates need not care how many blanks they leave.

mod lines;
mod spaces;
pub(crate) mod tokens;

use std::borrow::Cow;

/// Whether a file of this name is Terraform's to read, and so laid out.
pub fn is_hcl(path: &str) -> bool {
    path.ends_with(".tf") || path.ends_with(".tfvars")
}

/// `text` as `terraform fmt` (and `tofu fmt`) would lay it out.
///
/// Beyond `fmt`, it folds several blank lines to one, starts without one, ends with one newline, turns CRLF into LF
/// and trims comments. It touches only white space: what `fmt` rewrites besides (unquoted labels, `"${x}"`, old types) stays.
/// Text that does not lex as HCL, which `fmt` refuses, comes back as it is. Formatting twice changes nothing.
pub fn format(text: &str) -> String {
    let unix = unix_text(text);
    match tokens::lex(&unix) {
        Some(mut tokens) => {
            let lines = lines::arrange(&unix, &mut tokens);
            print(&unix, &tokens, &lines)
        }
        None => text.to_owned(),
    }
}

/// `text` with what stands in parentheses, in brackets and in a `for` on one line, comments there left out: line breaks mean nothing
/// in these, so it says the same. `None` for text that does not lex as HCL.
pub fn joined(text: &str) -> Option<String> {
    use tokens::Kind;
    let text = unix_text(text);
    let tokens = tokens::lex(&text)?;
    let is_blank = |kind: Kind| matches!(kind, Kind::Newline | Kind::Comment);
    // Of each bracket that is open, whether line breaks in it mean nothing.
    let mut open: Vec<bool> = Vec::new();
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (index, token) in tokens.iter().enumerate() {
        if token.kind.nesting() > 0 {
            let next = tokens[index + 1..].iter().find(|token| !is_blank(token.kind));
            let is_for = next.is_some_and(|next| &text[next.span.clone()] == "for");
            open.push(token.kind != Kind::OpenBrace || is_for);
        } else if token.kind.nesting() < 0 {
            open.pop();
        } else if is_blank(token.kind) && open.last() == Some(&true) {
            out.push_str(&text[from..token.span.start]);
            out.push(' ');
            from = token.span.end;
        }
    }
    out.push_str(&text[from..]);
    Some(out)
}

/// `text` without carriage returns at line ends and without a byte-order mark.
fn unix_text(text: &str) -> Cow<'_, str> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.contains('\r') {
        return text.into();
    }
    let mut unix = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            unix.push('\n');
        }
        unix.push_str(line.trim_end_matches('\r'));
    }
    unix.into()
}

fn print(text: &str, tokens: &[tokens::Token], lines: &[lines::Line]) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in lines {
        for cell in &line.cells {
            let Some((first, rest)) = tokens[cell.tokens.clone()].split_first() else { continue };
            push_blanks(&mut out, cell.pad);
            // Tokens that are spaced right already are copied together.
            let mut run = first.span.clone();
            for token in rest {
                let as_it_is = run.end..token.span.start;
                if as_it_is.len() != token.gap || text[as_it_is].contains('\t') {
                    out.push_str(&text[run.clone()]);
                    push_blanks(&mut out, token.gap);
                    run.start = token.span.start;
                }
                run.end = token.span.end;
            }
            out.push_str(&text[run]);
        }
        out.push('\n');
    }
    out
}

fn push_blanks(out: &mut String, mut count: usize) {
    const BLANKS: &str = "                                ";
    while count > 0 {
        let some = count.min(BLANKS.len());
        out.push_str(&BLANKS[..some]);
        count -= some;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    #[test]
    fn ends_are_one_newline_each() {
        assert_eq!(format("a=1"), "a = 1\n");
        assert_eq!(format("\u{feff}a=1\r\nb=<<E\r\n c\r\nE\r\n"), "a = 1\nb = <<E\n c\nE\n");
        assert_eq!(format("a=<<E\nE"), "a = <<E\nE\n");
    }

    #[test]
    fn comments_lose_only_trailing_blanks() {
        assert_eq!(format("a=1 #  b   c \t\n //  d \n"), "a = 1 #  b   c\n//  d\n");
        assert_eq!(format("/*  a \n   b */  c=1\n"), "/*  a \n   b */ c = 1\n");
    }

    #[test]
    fn what_fmt_rewrites_besides_stays() {
        for text in ["a b {\n}\n", "a = \"${b}\"\n", "variable \"a\" {\n  type = \"list\"\n}\n"] {
            assert_eq!(format(text), text);
        }
    }

    #[test]
    fn what_does_not_lex_comes_back_as_it_is() {
        for text in
            ["a=\"b\n", "a=<<E\nb\n", "a=\"${b\"\n", "/* a\n", "a='b'\r\n", "a=<<E \nE\n", "\u{a0}a=1\n"]
        {
            assert_eq!(format(text), text);
        }
    }

    #[test]
    fn padding_wider_than_the_store_of_blanks_is_whole() {
        let wide = "w".repeat(99);
        assert_eq!(format(&format!("a=1\n{wide}=2\n")), format!("a{} = 1\n{wide} = 2\n", " ".repeat(98)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn tokens_never_change_valid_or_not(
            pieces in prop::collection::vec(select(vec![
                "a", "in", "1", "0", "e5", "1.5", "=", "==", "=>", "!", "!=", "<", "<=", ">", "-", "+", "/", "*", "%",
                "?", ":", "::", ".", "...", ",", "&&", "{", "}", "[", "]", "(", ")", "\"a\"", "\"${b}\"", "\"${ ~}\"",
                "\"a${", "}b\"", "~}c\"", "/* c */", "# d \n", "\n", "\n<<E\nf\nE\n", " ", " ", " ", "\t",
            ]), 0..30),
        ) {
            let text = pieces.concat();
            let done = format(&text);
            let texts = |text: &str| -> Option<Vec<(tokens::Kind, String)>> {
                let solid = tokens::lex(text)?.into_iter().filter(|token| token.kind != tokens::Kind::Newline);
                Some(solid.map(|token| (token.kind, text[token.span].to_owned())).collect())
            };
            prop_assert_eq!(texts(&done), texts(&text), "{:?} became {:?}", text, done);
        }
    }
}
