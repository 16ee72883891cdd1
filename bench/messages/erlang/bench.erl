%% One end of a measurement between two Erlang nodes: does what each line of its input says, and answers by a line.
-module(bench).
-export([main/0]).

main() ->
    Received = counters:new(1, []),
    Sink = spawn(fun() -> process_flag(message_queue_data, off_heap), sink(Received) end),
    register(sink, Sink),
    io:format("ready~n"),
    orders(Received, none).

%% Counts binaries; sends back what says from whom it is.
sink(Received) ->
    receive
        {From, Message} -> From ! Message;
        _ -> counters:add(Received, 1, 1)
    end,
    sink(Received).

orders(Received, Pump) ->
    case io:get_line("") of
        eof -> halt();
        Line ->
            case string:lexemes(Line, " \n") of
                ["connect", Node] ->
                    pong = net_adm:ping(list_to_atom(Node)),
                    io:format("connected~n"),
                    orders(Received, Pump);
                ["received"] ->
                    io:format("~b~n", [counters:get(Received, 1)]),
                    orders(Received, Pump);
                ["pump", Node, Size] ->
                    To = {sink, list_to_atom(Node)},
                    Message = binary:copy(<<7>>, list_to_integer(Size)),
                    New = spawn(fun() -> pump(To, Message) end),
                    io:format("pumping~n"),
                    orders(Received, New);
                ["stop"] ->
                    exit(Pump, kill),
                    io:format("stopped~n"),
                    orders(Received, none);
                ["trips", Node, Size, ForMs, InFlight] ->
                    trips({sink, list_to_atom(Node)}, binary:copy(<<7>>, list_to_integer(Size)),
                          list_to_integer(ForMs), list_to_integer(InFlight)),
                    orders(Received, Pump)
            end
    end.

%% The runtime suspends who sends more than the connection takes.
pump(To, Message) ->
    To ! Message,
    pump(To, Message).

trips(To, Message, ForMs, InFlight) ->
    Me = self(),
    Begun = now_us(),
    End = Begun + ForMs * 1000,
    [spawn(fun() -> Me ! {times, line(To, Message, End, [])} end) || _ <- lists:seq(1, InFlight)],
    Times = lists:sort(lists:append([receive {times, List} -> List end || _ <- lists:seq(1, InFlight)])),
    Count = length(Times),
    Median = lists:nth(Count div 2 + 1, Times),
    io:format("~w ~w~n", [Median, Count * 1000000 / (now_us() - Begun)]).

line(To, Message, End, Times) ->
    Start = erlang:monotonic_time(nanosecond),
    To ! {self(), Message},
    receive Message -> ok end,
    Us = (erlang:monotonic_time(nanosecond) - Start) / 1000,
    case now_us() < End of
        true -> line(To, Message, End, [Us | Times]);
        false -> [Us | Times]
    end.

now_us() -> erlang:monotonic_time(microsecond).
