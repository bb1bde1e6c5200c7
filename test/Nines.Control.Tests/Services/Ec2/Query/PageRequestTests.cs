using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.Query;

public sealed class PageRequestTests
{
    private static readonly string[] Items = [.. Enumerable.Range(0, 23).Select(number => $"i-{number:x2}")];

    [Fact]
    public void Without_a_size_everything_is_one_page()
    {
        var page = Parse().Take(Items, item => item);
        page.Items.ShouldBe(Items);
        page.NextToken.ShouldBeNull();
    }

    [Fact]
    public void Pages_cover_everything_once_and_the_last_has_no_token()
    {
        var seen = new List<string>();
        string? token = null;
        var sizes = new List<int>();
        do
        {
            var page = Parse(10, token).Take(Items, item => item);
            seen.AddRange(page.Items);
            sizes.Add(page.Items.Count);
            token = page.NextToken;
        }
        while (token is not null);

        seen.ShouldBe(Items);
        sizes.ShouldBe([10, 10, 3]);
    }

    [Fact]
    public void A_page_that_ends_with_the_last_item_has_no_token() =>
        Parse(5).Take(Items[..5], item => item).NextToken.ShouldBeNull();

    [Fact]
    public void Items_that_come_and_go_between_pages_shift_nothing()
    {
        var first = Parse(5).Take(Items, item => item);
        string[] later = ["i-000", .. Items.Where(item => item != "i-02" && item != "i-04")];
        Parse(5, first.NextToken).Take(later, item => item).Items[0].ShouldBe("i-05");
    }

    [Fact]
    public void The_size_may_change_between_pages()
    {
        var first = Parse(5).Take(Items, item => item);
        Parse(7, first.NextToken).Take(Items, item => item).Items.Count.ShouldBe(7);
        Parse(null, first.NextToken).Take(Items, item => item).Items.Count.ShouldBe(18);
    }

    [Fact]
    public void A_token_serves_only_the_request_it_came_from()
    {
        var token = Parse(5).Take(Items, item => item).NextToken!;
        PageScope[] others =
        [
            new("DescribeVpcs", "123456789012"),
            new("DescribeInstances", "210987654321"),
            new("DescribeInstances", "123456789012", [new Filter { Name = "vpc-id", Values = ["vpc-1"] }]),
            new("DescribeInstances", "123456789012", null, "other"),
        ];
        foreach (var scope in others)
        {
            Should.Throw<AwsException>(() => PageRequest.Parse(PageLimits.Usual, 5, token, scope)).Code.ShouldBe("InvalidNextToken");
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AQ")]
    [InlineData("not base64 at all!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA")]
    public void A_made_up_token_is_refused(string token) =>
        Should.Throw<AwsException>(() => Parse(5, token)).Code.ShouldBe("InvalidNextToken");

    [Theory]
    [InlineData(4)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    public void A_size_outside_the_limits_is_refused(int size)
    {
        var error = Should.Throw<AwsException>(() => Parse(size));
        error.Code.ShouldBe("InvalidParameterValue");
        error.Message.ShouldStartWith($"Value ( {size} ) for parameter maxResults is invalid.");
    }

    [Fact]
    public void Some_operations_take_a_size_that_is_too_large_as_the_largest() =>
        PageRequest.Parse(PageLimits.Usual with { Clamps = true }, 5000, null, new PageScope("DescribeTags", "1")).Size.ShouldBe(1000);

    [Fact]
    public void A_size_beside_ids_is_refused()
    {
        PageRequest.RefuseWithIds(null, ["i-1"], "instancesSet");
        PageRequest.RefuseWithIds(5, [], "instancesSet");
        PageRequest.RefuseWithIds(5, null, "instancesSet");
        var error = Should.Throw<AwsException>(() => PageRequest.RefuseWithIds(5, ["i-1"], "instancesSet"));
        error.Code.ShouldBe("InvalidParameterCombination");
        error.Message.ShouldBe("The parameter instancesSet cannot be used with the parameter maxResults");
    }

    [Fact]
    public void Filters_that_read_alike_have_different_digests()
    {
        var together = new PageScope("x", "1", [new Filter { Name = "a", Values = ["bc"] }]).Digest();
        new PageScope("x", "1", [new Filter { Name = "ab", Values = ["c"] }]).Digest().ShouldNotBe(together);
        new PageScope("x", "1", [new Filter { Name = "a", Values = ["b", "c"] }]).Digest().ShouldNotBe(together);
    }

    private static PageRequest Parse(int? size = null, string? token = null) =>
        PageRequest.Parse(PageLimits.Usual, size, token, new PageScope("DescribeInstances", "123456789012"));
}
