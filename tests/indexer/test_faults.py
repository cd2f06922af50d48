from indexer.faults import Fault, SourceError


def test_a_fault_reads_file_line_problem_remedy():
    fault = Fault("kb/a.md", 3, "'id' is missing", "Add 'id:' with a value")

    assert str(fault) == "kb/a.md:3: 'id' is missing. Add 'id:' with a value."


def test_a_source_error_tells_every_fault_in_order():
    faults = [Fault("b.md", 2, "this", "Do that"), Fault("a.md", 1, "what", "Do so")]

    error = SourceError(faults)

    assert error.faults == tuple(faults)
    assert str(error) == "b.md:2: this. Do that.\na.md:1: what. Do so."
