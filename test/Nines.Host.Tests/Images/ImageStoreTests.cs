using Nines.Host.Images;

namespace Nines.Host.Tests.Images;

public sealed class ImageStoreTests : IDisposable
{
    private readonly ImageTestBed _bed = new();

    [Fact]
    public void An_empty_store_has_no_images()
    {
        _bed.Store.List().ShouldBeEmpty();
        _bed.Store.FindByName("tiny").ShouldBeNull();
        _bed.Store.FindByDigest(new string('a', 64)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("../tiny")]
    [InlineData("Tiny")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    public void A_name_that_could_not_be_a_file_is_refused(string name) => Should.Throw<ImageException>(() => _bed.Store.FindByName(name));

    [Theory]
    [InlineData("../../etc")]
    [InlineData("abc")]
    public void What_is_not_a_digest_is_not_found(string digest) => _bed.Store.FindByDigest(digest).ShouldBeNull();

    [Fact]
    public async Task Images_with_the_same_content_are_one_with_two_names()
    {
        var one = await _bed.NewBuilder().BuildAsync(_bed.GoodRecipe("one"), false, null, ImageTestBed.Cancellation);
        var two = await _bed.NewBuilder().BuildAsync(_bed.GoodRecipe("two"), false, null, ImageTestBed.Cancellation);

        two.Digest.ShouldBe(one.Digest);
        _bed.Store.List().Select(image => image.Manifest.Name).ShouldBe(["one", "two"]);
        Directory.GetDirectories(Path.Combine(_bed.Root, "images", "sha256")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_folder_without_a_manifest_is_not_an_image_and_is_replaced()
    {
        var image = await _bed.NewBuilder().BuildAsync(_bed.GoodRecipe("good"), false, null, ImageTestBed.Cancellation);
        File.Delete(Path.Combine(image.Directory, "image.json"));
        _bed.Store.FindByName("good").ShouldBeNull();

        (await _bed.NewBuilder().BuildAsync(_bed.GoodRecipe("good"), false, null, ImageTestBed.Cancellation)).Digest.ShouldBe(image.Digest);
        _bed.Store.FindByName("good").ShouldNotBeNull();
    }

    public void Dispose() => _bed.Dispose();
}
