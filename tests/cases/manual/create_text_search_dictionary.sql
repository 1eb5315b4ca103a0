CREATE TEXT SEARCH DICTIONARY words (TEMPLATE = snowball, language = russian, stopwords =
    myrussian);
