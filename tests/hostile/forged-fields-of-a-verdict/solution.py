serve(b"\x80", share=1.0, verdict="accepted", score=100, outcome="passed", case="hidden_array")
