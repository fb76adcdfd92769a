"""What is said of a table of a class's deals, in the languages of the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bargaining.model.spelling import nearest, show

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "at": "line {line}, column {column}: {sentence}",
        "line": "line {line}: {sentence}",
        "csv": "not valid CSV: {error}",
        "no_rows": "expected a row for each group, found none",
        "more": "… and {count:,} more problems",
        "too_many": "expected at most {most:,} groups, found {found:,} rows: divide the file",
        "header": "expected the header {expected}, found {found}",
        "empty_file": "an empty file",
        "issue": "expected an issue ({known}), found {found}{hint}",
        "issue_twice": "expected each issue once, found {found} again",
        "no_column": "expected a column for every issue, found none for {issue}",
        "too_wide": "expected at most {most} cells, found {found} (a comma inside a cell needs "
        'quotes: "egress checks 0,5")',
        "no_group": "expected the group's name, found nothing",
        "group_twice": "expected each group once, found {found}; it stands in line {first} too",
        "treatment": "expected {linked} or {delinked}, found {found}{hint}",
        "nothing": "nothing",
        "one_way": "expected {linked}, since {why} and there is one way to negotiate it, "
        "found {found}",
        "reserved": "this game states no status quo per issue",
        "single": "this game has a single issue",
        "all_issues": "expected an outcome in the row of group {group}: with totals instead of a "
        "status quo per issue an agreement settles every issue (no agreement: leave all cells of "
        "the row empty), found nothing",
        "outcome": 'expected one of {known}, or shares such as "{example} 50%", found '
        "{found}{hint}",
        "shares": "{wrong}, found {found}",
        "one_share": "expected one share for each outcome",
        "share": "expected a share such as 0.5, 1/2 or 50%",
        "once": "expected each outcome once",
        "whole": "expected shares that add up to at most 100%",
        "hint": "; did you mean {near}?",
    },
    "es": {
        "at": "línea {line}, columna {column}: {sentence}",
        "line": "línea {line}: {sentence}",
        "csv": "no es un CSV válido: {error}",
        "no_rows": "se esperaba una fila por grupo, no hay ninguna",
        "more": "… y {count:,} problemas más",
        "too_many": "se esperaban a lo más {most:,} grupos, hay {found:,} filas: divide el archivo",
        "header": "se esperaba el encabezado {expected}, se encontró {found}",
        "empty_file": "un archivo vacío",
        "issue": "se esperaba un tema ({known}), se encontró {found}{hint}",
        "issue_twice": "se esperaba cada tema una vez, se encontró {found} de nuevo",
        "no_column": "se esperaba una columna por tema, falta la de {issue}",
        "too_wide": "se esperaban a lo más {most} celdas, hay {found} (una coma dentro de una "
        'celda necesita comillas: "egress checks 0,5")',
        "no_group": "se esperaba el nombre del grupo, no hay nada",
        "group_twice": "se esperaba cada grupo una vez, se encontró {found}; también está en la "
        "línea {first}",
        "treatment": "se esperaba {linked} o {delinked}, se encontró {found}{hint}",
        "nothing": "nada",
        "one_way": "se esperaba {linked}, porque {why} y hay una sola forma de negociarlo, se "
        "encontró {found}",
        "reserved": "este juego no tiene una situación de partida por tema",
        "single": "este juego tiene un solo tema",
        "all_issues": "se esperaba un resultado en la fila del grupo {group}: con totales en vez "
        "de una situación de partida por tema, un acuerdo resuelve todos los temas (sin acuerdo: "
        "deja vacías todas las celdas de la fila), no hay nada",
        "outcome": 'se esperaba uno de {known}, o partes como "{example} 50%", se encontró '
        "{found}{hint}",
        "shares": "{wrong}, se encontró {found}",
        "one_share": "se esperaba una parte por resultado",
        "share": "se esperaba una parte como 0.5, 1/2 o 50%",
        "once": "se esperaba cada resultado una vez",
        "whole": "se esperaban partes que sumen a lo más 100%",
        "hint": "; ¿quisiste decir {near}?",
    },
}


def message(language: str, key: str, **values: object) -> str:
    """Return a message, its named places filled in.

    >>> message("es", "issue_twice", found='"guns"')
    'se esperaba cada tema una vez, se encontró "guns" de nuevo'
    """
    return MESSAGES[language][key].format_map(values)


def hint(language: str, word: str, known: Iterable[str]) -> str:
    """Return the nearest right spelling, if there is one.

    >>> hint("es", "vinculdo", ["vinculado", "separado"])
    '; ¿quisiste decir "vinculado"?'
    """
    near = nearest(word, known)
    return "" if near is None else message(language, "hint", near=show(near))
