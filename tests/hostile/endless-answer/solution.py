def double(x):
    answer = []
    answer.append(answer)
    return answer
