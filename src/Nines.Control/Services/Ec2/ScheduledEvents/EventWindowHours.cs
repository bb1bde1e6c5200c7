using System.Collections.Immutable;
using System.Globalization;

namespace Nines.Control.Services.Ec2.ScheduledEvents;

/// <summary>Reads the hours of an event window, and finds them in time (EC2 API Reference: CreateInstanceEventWindow): pure.</summary>
internal static class EventWindowHours
{
    private const int HoursOfDay = 24;
    private const int HoursOfWeek = 7 * HoursOfDay;
    private const int LeastRange = 2;
    private const int LeastTotal = 4;
    private static readonly string[] s_days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    /// <summary>Reads ranges.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static ImmutableArray<EventWindowRange> Parse(IReadOnlyList<Api.Ec2.InstanceEventWindowTimeRangeRequest> ranges)
    {
        ImmutableArray<EventWindowRange> parsed =
        [
            .. ranges.Select(range => new EventWindowRange(
                ParseDay("startWeekDay", range.StartWeekDay), ParseHour("startHour", range.StartHour), ParseDay("endWeekDay", range.EndWeekDay), ParseHour("endHour", range.EndHour))),
        ];
        if (parsed.FirstOrDefault(range => LengthOf(range) < LeastRange) is { } tooShort)
        {
            throw Ec2Errors.InvalidValue("timeRange", $"{tooShort.StartDay} {tooShort.StartHour} - {tooShort.EndDay} {tooShort.EndHour}", $"A time range must have at least {LeastRange} hours.");
        }

        CheckTotal(Of(parsed, null));
        return parsed;
    }

    /// <summary>Checks an expression: <c>* 0-4,20-23 * * 1,5</c>.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static string Parse(string expression)
    {
        CheckTotal(Of([], expression));
        return expression;
    }

    /// <summary>The first moment not before a time that is in the window of these ranges or this expression.</summary>
    public static DateTimeOffset Next(ImmutableArray<EventWindowRange> ranges, string? expression, DateTimeOffset from)
    {
        var hours = Of(ranges, expression);
        var utc = from.ToUniversalTime();
        var hour = new DateTimeOffset(utc.Year, utc.Month, utc.Day, utc.Hour, 0, 0, TimeSpan.Zero);
        for (var ahead = 0; ahead <= HoursOfWeek; ahead++)
        {
            var candidate = hour.AddHours(ahead);
            if (hours[((int)candidate.DayOfWeek * HoursOfDay) + candidate.Hour])
            {
                return ahead == 0 ? from : candidate;
            }
        }

        return from;
    }

    /// <summary>A day as EC2 spells it.</summary>
    public static string NameOf(DayOfWeek day) => day.ToString().ToLowerInvariant();

    /// <summary>Which hours of the week, from Sunday on, are in it.</summary>
    private static bool[] Of(ImmutableArray<EventWindowRange> ranges, string? expression)
    {
        var hours = new bool[HoursOfWeek];
        foreach (var range in expression is null ? ranges : RangesOf(expression))
        {
            var start = ((int)range.StartDay * HoursOfDay) + range.StartHour;
            for (var hour = 0; hour < LengthOf(range); hour++)
            {
                hours[(start + hour) % HoursOfWeek] = true;
            }
        }

        return hours;
    }

    private static IEnumerable<EventWindowRange> RangesOf(string expression)
    {
        var fields = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields is not ["*", var hours, "*", "*", var days])
        {
            throw Wrong(expression, "Only the hour and the day of the week may be other than '*'.");
        }

        (int From, int To)[] spans = [.. hours.Split(',').Select(part => SpanOf(expression, part))];
        return DaysOf(expression, days).SelectMany(_ => spans, (day, span) => new EventWindowRange((DayOfWeek)day, span.From, (DayOfWeek)day, span.To)).ToList();
    }

    private static (int From, int To) SpanOf(string expression, string part) =>
        part.Split('-') is [var from, var to] && HourOf(from) is { } first && HourOf(to) is { } last && last - first >= LeastRange
            ? (first, last)
            : throw Wrong(expression, $"Hours are ranges of at least {LeastRange} hours, such as 0-4.");

    private static IEnumerable<int> DaysOf(string expression, string field) => field == "*" ? Enumerable.Range(0, 7) : field.Split(',').SelectMany(part =>
        part.Split('-') switch
        {
            [var only] => (IEnumerable<int>)[DayOf(expression, only)],
            [var from, var to] when DayOf(expression, from) is var first && DayOf(expression, to) is var last && first <= last => Enumerable.Range(first, last - first + 1),
            _ => throw Wrong(expression, "Days are 0 to 6, or SUN to SAT."),
        });

    private static int DayOf(string expression, string text) =>
        Array.IndexOf(s_days, text.ToUpperInvariant()) is >= 0 and var named ? named
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day <= 6 ? day
        : throw Wrong(expression, "Days are 0 to 6, or SUN to SAT.");

    private static int? HourOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hour) && hour < HoursOfDay ? hour : null;

    private static int LengthOf(EventWindowRange range)
    {
        var hours = (((int)range.EndDay - (int)range.StartDay) * HoursOfDay) + range.EndHour - range.StartHour;
        return hours < 0 ? hours + HoursOfWeek : hours;
    }

    private static void CheckTotal(bool[] hours)
    {
        if (hours.Count(hour => hour) is var total && total < LeastTotal)
        {
            throw Ec2Errors.InvalidParameterValue($"An event window must have at least {LeastTotal} hours in a week; this one has {total}.");
        }
    }

    private static DayOfWeek ParseDay(string parameter, string? day) =>
        Enum.GetValues<DayOfWeek>().Where(value => NameOf(value) == day).Cast<DayOfWeek?>().FirstOrDefault()
            ?? throw (day is null ? Ec2Errors.MissingParameter(parameter) : Ec2Errors.InvalidValue(parameter, day, "Valid values are sunday to saturday."));

    private static int ParseHour(string parameter, int? hour) => hour switch
    {
        null => throw Ec2Errors.MissingParameter(parameter),
        >= 0 and < HoursOfDay => hour.Value,
        _ => throw Ec2Errors.InvalidValue(parameter, $"{hour}", "Expecting a number between 0 and 23."),
    };

    private static Nines.Wire.AwsException Wrong(string expression, string rule) => Ec2Errors.InvalidValue("cronExpression", expression, rule);
}
