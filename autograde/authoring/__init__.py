"""What a course is written with: solution scripts to notebooks, recorded reference outputs, the zip for students.

`script` reads a solution script, `questions` is what `questions.py` is written in, `reference` records what the reference
solution and each mistake return, `variants` are other right solutions, `asking` draws other inputs for one run, `build`
makes all of it into a course, `listing` writes the table of its assignments; `leaks` and `checks` look at what came out,
`release` packs it, `site` writes it as web pages, of which `pages` makes those of notebooks and `executed` gives what they
put out; `new` makes a course, `sample` a class that hands something in.
"""
