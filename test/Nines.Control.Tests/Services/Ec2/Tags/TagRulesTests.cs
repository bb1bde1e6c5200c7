using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Tags;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Tags;

public sealed class TagRulesTests
{
    [Fact]
    public void Tags_are_ordered_by_key_and_case_counts() =>
        TagRules.Parse([Tag("b", "1"), Tag("B", "2"), Tag("a", null)]).ShouldBe(
            [new("B", "2"), new("a", ""), new("b", "1")]);

    [Fact]
    public void Keys_and_values_may_be_as_long_as_documented()
    {
        TagRules.Parse([Tag(new string('k', 128), new string('v', 256))]).Count.ShouldBe(1);
        Refused([Tag(new string('k', 129), "")]).ShouldBe("InvalidParameterValue");
        Refused([Tag("k", new string('v', 257))]).ShouldBe("InvalidParameterValue");
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("aws:name")]
    [InlineData("AWS:name")]
    public void Keys_that_are_empty_or_reserved_are_refused(string? key) => Refused([Tag(key, "x")]).ShouldBe("InvalidParameterValue");

    [Fact]
    public void A_key_twice_is_refused() => Refused([Tag("a", "1"), Tag("a", "1")]).ShouldBe("InvalidParameterValue");

    [Fact]
    public void A_resource_has_at_most_50_tags()
    {
        Tag[] fifty = [.. Enumerable.Range(0, 50).Select(number => Tag($"k{number}", ""))];
        var present = TagRules.Parse(fifty);
        Refused([.. fifty, Tag("more", "")]).ShouldBe("TagLimitExceeded");
        TagRules.Merge(present, TagRules.Parse([Tag("k7", "new")]))["k7"].ShouldBe("new");
        Should.Throw<AwsException>(() => TagRules.Merge(present, TagRules.Parse([Tag("more", "")]))).Code.ShouldBe("TagLimitExceeded");
    }

    [Fact]
    public void Specifications_give_each_type_its_tags()
    {
        var parsed = TagRules.Parse([Specification("instance", Tag("a", "1")), Specification("volume", Tag("b", "2"))], "instance", "volume");
        parsed.For("instance").ShouldBe([new("a", "1")]);
        parsed.For("volume").ShouldBe([new("b", "2")]);
        parsed.For("network-interface").ShouldBeEmpty();
        TagRules.Parse(null, "instance").ShouldBeEmpty();
    }

    [Fact]
    public void Specifications_for_other_types_twice_or_without_tags_are_refused()
    {
        TagSpecification[][] wrong =
        [
            [Specification("vpc", Tag("a", "1"))],
            [Specification("instance", Tag("a", "1")), Specification("instance", Tag("b", "1"))],
            [Specification("instance")],
            [new TagSpecification { Tags = [Tag("a", "1")] }],
        ];
        foreach (var specifications in wrong)
        {
            Should.Throw<AwsException>(() => TagRules.Parse(specifications, "instance")).Code.ShouldBe("InvalidParameterValue");
        }
    }

    private static string Refused(IReadOnlyList<Tag> tags) => Should.Throw<AwsException>(() => TagRules.Parse(tags)).Code;

    private static Tag Tag(string? key, string? value) => new() { Key = key, Value = value };

    private static TagSpecification Specification(string type, params Tag[] tags) => new() { ResourceType = type, Tags = tags };
}
