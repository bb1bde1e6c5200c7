using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Query;

public sealed class FilterSetTests
{
    private static readonly FilterSet<Thing> Filters = new FilterSet<Thing>()
        .Add("name", thing => thing.Name)
        .Add("is-default", thing => thing.IsDefault)
        .Add("size", thing => thing.Size)
        .AddMany("address", thing => thing.Addresses)
        .AddNeverMatching("outpost-arn")
        .AddTags(thing => thing.Tags);

    private static readonly Thing[] Things =
    [
        new("web-1", true, 8, ["10.0.0.4", "10.0.0.5"], new Dictionary<string, string> { ["Name"] = "web", ["env"] = "prod" }),
        new("web-2", false, 20, ["10.0.1.4"], new Dictionary<string, string> { ["Name"] = "web", ["env"] = "test" }),
        new(null, false, 0, [], new Dictionary<string, string>()),
    ];

    [Fact]
    public void No_filter_matches_everything()
    {
        Select(null).ShouldBe([0, 1, 2]);
        Select([]).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void Values_are_alternatives() => Select([Filter("name", "web-1", "web-2")]).ShouldBe([0, 1]);

    [Fact]
    public void Filters_must_all_match() => Select([Filter("name", "web-*"), Filter("is-default", "false")]).ShouldBe([1]);

    [Fact]
    public void A_resource_without_the_value_does_not_match_even_a_star() => Select([Filter("name", "*")]).ShouldBe([0, 1]);

    [Fact]
    public void One_of_several_values_of_a_resource_is_enough() => Select([Filter("address", "10.0.0.5")]).ShouldBe([0]);

    [Fact]
    public void Numbers_and_truth_values_are_texts()
    {
        Select([Filter("size", "8", "0")]).ShouldBe([0, 2]);
        Select([Filter("is-default", "true")]).ShouldBe([0]);
        Select([Filter("is-default", "True")]).ShouldBeEmpty();
    }

    [Fact]
    public void Tags_are_found_by_key_by_value_and_by_both()
    {
        Select([Filter("tag:env", "prod")]).ShouldBe([0]);
        Select([Filter("tag:env", "*")]).ShouldBe([0, 1]);
        Select([Filter("tag:Env", "*")]).ShouldBeEmpty();
        Select([Filter("tag-key", "en*")]).ShouldBe([0, 1]);
        Select([Filter("tag-value", "test")]).ShouldBe([1]);
        Select([Filter("tag:Name", "web"), Filter("tag:env", "test")]).ShouldBe([1]);
    }

    [Fact]
    public void A_feature_that_nothing_has_is_known_and_matches_nothing() => Select([Filter("outpost-arn", "*")]).ShouldBeEmpty();

    [Theory]
    [InlineData("colour")]
    [InlineData("Name")]
    [InlineData("tag")]
    public void An_unknown_filter_is_refused(string name)
    {
        var error = Should.Throw<AwsException>(() => Select([Filter(name, "x")]));
        error.Code.ShouldBe("InvalidParameterValue");
        error.Message.ShouldBe($"The filter '{name}' is invalid");
    }

    [Fact]
    public void A_filter_without_name_or_values_is_refused()
    {
        Should.Throw<AwsException>(() => Select([new Filter { Values = ["x"] }])).Message.ShouldBe("The filter 'null' is invalid");
        Should.Throw<AwsException>(() => Select([new Filter { Name = "name" }])).Code.ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public void Tag_filters_are_refused_where_nothing_has_tags() =>
        Should.Throw<AwsException>(() => new FilterSet<Thing>().Compile([Filter("tag:env", "x")])).Code.ShouldBe("InvalidParameterValue");

    [Fact]
    public void Limits_hold()
    {
        string[] values = [.. Enumerable.Range(0, 200).Select(number => $"v{number}")];
        Select([Filter("name", values)]).ShouldBeEmpty();
        Should.Throw<AwsException>(() => Select([Filter("name", values), Filter("size", "1")])).Code.ShouldBe("FilterLimitExceeded");
        Should.Throw<AwsException>(() => Select([Filter("name", new string('x', 256))])).Code.ShouldBe("FilterLimitExceeded");
        Should.Throw<AwsException>(() => Select([.. Enumerable.Repeat(Filter("name", "x"), 51)])).Code.ShouldBe("FilterLimitExceeded");
    }

    private static Filter Filter(string name, params string[] values) => new() { Name = name, Values = values };

    private static IEnumerable<int> Select(IReadOnlyList<Filter>? filters)
    {
        var matches = Filters.Compile(filters);
        return Things.Index().Where(thing => matches(thing.Item)).Select(thing => thing.Index);
    }

    private sealed record Thing(string? Name, bool IsDefault, long Size, string[] Addresses, IReadOnlyDictionary<string, string> Tags);
}
