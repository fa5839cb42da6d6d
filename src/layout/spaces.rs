//! How many blanks stand between two tokens of a line: none or one.
//! Only the kinds of the two and of the token before them matter.

use super::tokens::Kind::{self, *};
use super::tokens::Token;

/// Sets the blanks before each token of a line but the first.
pub fn set_gaps(line: &mut [Token]) {
    let Some((first, rest)) = line.split_first_mut() else { return };
    let (mut before, mut last) = (None, in_context(None, first.kind));
    let mut end = first.span.end;
    for token in rest {
        let apart = token.span.start > end;
        let keep = apart && fuses(before, last, token.kind);
        token.gap = if keep { 1 } else { gap(last, token.kind) };
        (before, last) = (Some(last), in_context(Some(last), token.kind));
        end = token.span.end;
    }
}

/// What `kind` is after the token `before`, if any: tells a sign from a minus, and the keyword `in` from an
/// attribute of that name.
fn in_context(before: Option<Kind>, kind: Kind) -> Kind {
    match (kind, before) {
        (Minus, None | Some(OpenBrace | OpenBracket | OpenParen | Assign | Colon | Comma)) => Negation,
        (Minus, Some(Operator | Minus | Negation | Bang)) => Negation,
        (In, None) => Word,
        (In, Some(before)) if !matches!(before, Word | In) => Word,
        _ => kind,
    }
}

/// The blanks between `a` and `b`, both as [`in_context`] sees them; the first rule that matches holds.
fn gap(a: Kind, b: Kind) -> usize {
    match (a, b) {
        (Word | In, OpenParen) => 0,
        (Joint, _) | (_, Joint) => 0,
        (_, Comma | Ellipsis) => 0,
        (Head | HeredocHead | Middle, _) | (_, Middle | Tail) => 0,
        // Also before a closing bracket: `[a, ]`.
        (In | Comma, _) => 1,
        (Word | Number | Index | CloseBrace | CloseBracket | CloseParen, OpenBracket) => 0,
        (Bang | Negation, _) => 0,
        (OpenBrace, CloseBrace) => 0,
        (OpenTemplate, OpenBrace) | (CloseBrace, CloseTemplate) => 1,
        (OpenBracket | OpenParen | OpenTemplate, _) => 0,
        (_, CloseBracket | CloseParen | CloseTemplate) => 0,
        _ => 1,
    }
}

/// Whether `a` and `b`, after `before`, would lex as something else without the blank between them, as `1 . 5` and
/// `! =` would. No valid file holds such a pair.
fn fuses(before: Option<Kind>, a: Kind, b: Kind) -> bool {
    match (a, b) {
        (Joint | Colon, Joint | Ellipsis) | (Bang, Assign | Arrow | Operator) => true,
        (OpenTemplate, CloseTemplate) => true,
        (Number, Joint) => true,
        (Joint, Index) => before == Some(Number),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::layout::format;

    /// Each pair is an expression as written and as laid out, which stays.
    fn becomes<const N: usize>(pairs: [(&str, &str); N]) {
        for (before, after) in pairs {
            let [before, after] = [before, after].map(|expression| format!("x = {expression}\n"));
            assert_eq!(format(&before), after);
            assert_eq!(format(&after), after);
        }
    }

    #[test]
    fn nothing_stands_between_a_word_and_its_parenthesis() {
        becomes([
            ("f (a)", "f(a)"),
            ("[for a in (b) : a if (c)]", "[for a in(b) : a if(c)]"),
            ("1 (", "1 ("),
        ]);
    }

    #[test]
    fn nothing_stands_around_dots_and_double_colons() {
        becomes([
            ("a . b", "a.b"),
            ("a . 0 . 5", "a.0.5"),
            ("a [*] . b", "a[*].b"),
            ("p :: f (a)", "p::f(a)"),
        ]);
    }

    #[test]
    fn commas_and_ellipses_cling_to_the_left() {
        becomes([
            ("[a ,b , c]", "[a, b, c]"),
            ("f(a ...)", "f(a...)"),
            ("[a ,]", "[a, ]"),
            ("f(a,)", "f(a, )"),
        ]);
    }

    #[test]
    fn an_index_clings_unless_it_follows_a_string_or_the_keyword_in() {
        becomes([("a [0] [1]", "a[0][1]"), ("f () [0]", "f()[0]"), ("{} [0]", "{}[0]"), ("1 [0]", "1[0]")]);
        becomes([("\"a\"[0]", "\"a\" [0]"), ("[for a in[0] : in [0]]", "[for a in [0] : in[0]]")]);
    }

    #[test]
    fn a_sign_clings_and_a_minus_does_not() {
        becomes([("- 1", "-1"), ("! ! a", "!!a"), ("! - a", "!-a"), ("- - 1", "--1"), ("(- 1)", "(-1)")]);
        becomes([
            ("[- 1,- 1]", "[-1, -1]"),
            ("{ a=- 1,b:- 1 }", "{ a = -1, b : -1 }"),
            ("a ?- 1:- b", "a ? -1 : -b"),
        ]);
        becomes([
            ("a-1", "a-1"),
            ("a -1", "a - 1"),
            ("a - -1", "a - -1"),
            ("a==- 1", "a == -1"),
            ("a&&- 1", "a && -1"),
        ]);
        becomes([("f()-1", "f() - 1"), ("1-1", "1 - 1"), ("\"a\"-1", "\"a\" - 1")]);
    }

    #[test]
    fn a_minus_after_an_arrow_or_a_keyword_is_taken_for_binary() {
        becomes([("{for a in -b : a => -a if -a}", "{ for a in - b : a => - a if - a }")]);
    }

    #[test]
    fn braces_stand_off_and_other_brackets_cling() {
        becomes([
            ("{a=1}", "{ a = 1 }"),
            ("{ }", "{}"),
            ("[ ]", "[]"),
            ("f( )", "f()"),
            ("[ ( a ) ]", "[(a)]"),
        ]);
        becomes([("[{},{}]", "[{}, {}]"), ("f({a=[1]})", "f({ a = [1] })")]);
    }

    #[test]
    fn templates_cling_to_their_text_and_code_but_not_to_braces() {
        becomes([("\"a ${ b } c${ d }\"", "\"a ${b} c${d}\""), ("\"${~ a ~}b\"", "\"${~a~}b\"")]);
        becomes([("\"%{ if a ~} b %{ endif }\"", "\"%{if a~} b %{endif}\"")]);
        becomes([("\"${{a=1}}b\"", "\"${ { a = 1 } }b\""), ("\"${[ {} ]}b\"", "\"${[{}]}b\"")]);
        becomes([("<<E\n a ${ b } %{ if  c }\nE", "<<E\n a ${b} %{if c}\nE")]);
    }

    #[test]
    fn text_stays() {
        becomes([
            ("\"a  =  1 # { \\\" $${ b  }\"", "\"a  =  1 # { \\\" $${ b  }\""),
            ("<<E\n a  = 1 \nE", "<<E\n a  = 1 \nE"),
        ]);
    }

    #[test]
    fn operators_have_a_blank_on_both_sides() {
        becomes([("a+b*c/d%e", "a + b * c / d % e"), ("a<b==c>=d!=e", "a < b == c >= d != e")]);
        becomes([
            ("a?b:c", "a ? b : c"),
            ("!a&&b||c", "!a && b || c"),
            ("{for a in b:a=>c}", "{ for a in b : a => c }"),
        ]);
    }

    #[test]
    fn a_block_comment_is_spaced_like_a_value() {
        becomes([("f(/* a */b/* c */)", "f(/* a */ b /* c */)"), ("f /* a */(b)", "f /* a */ (b)")]);
    }

    #[test]
    fn a_blank_that_parts_two_tokens_stays_in_text_that_no_engine_takes() {
        becomes([
            ("1 . 5", "1 . 5"),
            ("1. 5", "1. 5"),
            ("! = a", "! = a"),
            ("a : ::b", "a : ::b"),
            ("\"${ ~}\"", "\"${ ~}\""),
        ]);
    }
}
