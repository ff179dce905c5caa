"""Which defect of one version is which of another: descriptors, matching, tracks.

In short::

    descriptors.describe(defects, content, path, language, family) -> tuple[Descriptor, ...]
        one for each Defect of one file of one version; ``family`` is a function of a Defect.
    matching.match(olds, news, renames=, standing=, stood=) -> tuple[Match, ...]
        one step, one to one; ``Match.grade`` is model.defect.Grade.
    tracks.Tracks().step(version, present, reported, sees=, is_elsewhere=, around=) -> StepResult
        ``present`` are (track, Descriptor) at the parent. ``links`` has, for each report in
        order, the track, ``how`` (kept, returned, new), grade, and at which version a
        returned one had left; ``departed`` are the tracks that are gone.
        ``around`` is tracks.Surroundings(renames=, standing=, stood=). ``key(track)`` is the
        12-hex key of reports, ``forms(track)`` are its distinct forms.
    scopes.Definitions(file)
        for ``standing`` and ``stood``: what is there, with a defect in it or not. ``file``
        returns a descriptors.FileDescriber for a path.
    departures.departure(Departed(defect=, old=File(path, content, language), new=, scope=,
    names=, has_passed=, switched_off=, is_only_tests=)) -> Departure
        why a defect is gone: a model.defect.Cause, with a reason in words. ``defect`` is as it
        was last reported, ``new`` is None where the file is gone. A ``File`` parses once, so
        one of each version should serve all its defects.
    rule_switches.newly_off(path, old, new) -> frozenset[Switch]
        which rules a configuration file no longer checks; for ``switched_off``.
    fingerprint.fingerprint(descriptor), fingerprint.track_key(fingerprint)
        printable, the same on every machine.
"""
